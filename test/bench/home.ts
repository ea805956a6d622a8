// The home of a measurement. It bears the number of the process it belongs to, so that whoever measures next removes what one that was
// interrupted has left.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { dropEmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { processAlive } from '../../src/embedded/process-alive.mjs'
import { dropBundle } from '../support/bundle.ts'

/** Makes an empty home, once those of processes that are no more are gone. Drop it. */
export async function makeHome(): Promise<string> {
  for (const name of readdirSync(os.tmpdir())) {
    const owner = /^lupa-bench-(\d+)-/.exec(name)?.[1]
    if (owner && !processAlive(Number(owner))) await dropHome(path.join(os.tmpdir(), name))
  }
  return mkdtempSync(path.join(os.tmpdir(), `lupa-bench-${process.pid}-`))
}

/** Removes a home with its PostgreSQL, and the scripts bundled under its name. */
export async function dropHome(home: string): Promise<void> {
  await dropEmbeddedPostgres(home)
  rmSync(home, { recursive: true, force: true })
  dropBundle(path.basename(home))
}
