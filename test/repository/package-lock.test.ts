// What an install depends on: exact versions, a lock that is complete for every platform and names no registry.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { z } from 'zod'

const root = fileURLToPath(new URL('../..', import.meta.url))
const json = (file: string): unknown => JSON.parse(readFileSync(path.join(root, file), 'utf8'))

const versions = z.record(z.string(), z.string())
const manifest = z.object({ dependencies: versions, devDependencies: versions }).parse(json('package.json'))
const { packages } = z
  .object({
    packages: z.record(
      z.string(),
      z.object({ optionalDependencies: versions.optional(), resolved: z.string().optional() }),
    ),
  })
  .parse(json('package-lock.json'))

test('every dependency is pinned to one version', () => {
  const all = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })

  expect(all.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
  expect(all.length).toBeGreaterThan(20)
})

test('every platform’s package of an optional dependency is in the lock, so that npm ci works there too', () => {
  const wanted = Object.entries(packages).flatMap(([from, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).map((name) => ({ from, name })),
  )

  const missing = wanted.filter(({ from, name }) => !foundFrom(from, name))

  expect(missing).toEqual([])
  expect(wanted.length).toBeGreaterThan(20)
})

test('the lock names no registry: it works with any', () => {
  expect(Object.keys(packages).filter((name) => packages[name]?.resolved)).toEqual([])
})

/** Whether a package in `from` finds `name`: below itself, or below any folder above. */
function foundFrom(from: string, name: string): boolean {
  const own = from ? `${from}/node_modules/${name}` : `node_modules/${name}`
  if (packages[own]) return true
  if (from === '') return false
  const above = from.includes('/node_modules/') ? from.slice(0, from.lastIndexOf('/node_modules/')) : ''
  return foundFrom(above, name)
}
