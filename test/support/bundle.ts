// A script in one file, for processes that die and start many times: what takes a start from source 1.7 s takes it 0.6 s then.
import { rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from '../../src/embedded/bundle.mjs'

const place = (name: string) =>
  path.join(fileURLToPath(new URL('../../node_modules/.cache/lupa/', import.meta.url)), name)

/** Bundles `script` below node_modules/.cache/lupa/`name`, and returns the file to run. Remove it with `dropBundle`. */
export async function bundleScript(script: string, name: string): Promise<string> {
  return bundle(script, place(name))
}

export function dropBundle(name: string): void {
  rmSync(place(name), { recursive: true, force: true })
}
