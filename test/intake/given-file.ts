// Files and mappings for the intake's tests: a temporary folder each, gone when the test is done.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { findMapping } from '../../src/intake/find-mapping.ts'
import type { IntakePage } from '../../src/intake/intake-page.ts'
import { type Mapping, readMapping } from '../../src/intake/mapping.ts'
import { openSource } from '../../src/intake/open-source.ts'
import { readIntake } from '../../src/intake/read-intake.ts'

/** A bundled Access register of made-up people. */
export function sample(name: '2003.mdb' | '2016.accdb'): string {
  return fileURLToPath(new URL(`../../prisma/sample/asiakasrekisteri-${name}`, import.meta.url))
}

export async function givenFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'lupa-intake-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export async function givenFile(name: string, content: string | Buffer): Promise<string> {
  const file = join(await givenFolder(), name)
  await writeFile(file, content)
  return file
}

export const now = new Date('2026-11-22T10:00:00Z')

/** Everything a file says, its pages put together; by the bundled mapping unless one is given. */
export async function readAll(file: string, mapping?: Mapping | string): Promise<IntakePage & { pageSizes: number[] }> {
  const source = await openSource(file)
  const chosen = typeof mapping === 'string' ? readMapping(mapping) : (mapping ?? findMapping(source.tables))
  if (chosen === undefined) throw new Error('no bundled mapping fits the file')

  const all: IntakePage & { pageSizes: number[] } = {
    organisations: [],
    persons: [],
    activities: [],
    rejected: [],
    pageSizes: [],
  }
  for await (const page of readIntake(source, chosen, { now })) {
    all.organisations.push(...page.organisations)
    all.persons.push(...page.persons)
    all.activities.push(...page.activities)
    all.rejected.push(...page.rejected)
    all.pageSizes.push(page.organisations.length + page.persons.length + page.activities.length + page.rejected.length)
  }
  await source.close()
  return all
}

/** How often each value occurs. */
export function countsOf(values: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  return counts
}

/** A flat file read through a mapping whose columns are named as in the mapping language. */
export async function readPeople(csv: string, columns: string, rest = ''): Promise<IntakePage> {
  return readAll(await givenFile('ihmiset.csv', csv), `register: koe\npersons:\n  columns: ${columns}\n${rest}`)
}
