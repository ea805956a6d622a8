// A file that leaves the register: for its owner only, whole or not at all, and never in place of another by itself.
import { once } from 'node:events'
import { createWriteStream, existsSync, rmSync } from 'node:fs'
import { link, rename } from 'node:fs/promises'
import path from 'node:path'
import type { Writable } from 'node:stream'
import { BadInput } from '../domain/errors.ts'

/**
 * Writes `file` (mode 0600) beside its place first, and puts it there when it is whole.
 * @throws BadInput where it is there already unless `force`, or cannot be written.
 */
export async function writeNewFile<T>(file: string, force: boolean, write: (out: Writable) => Promise<T>): Promise<T> {
  if (existsSync(file) && !force) throw new BadInput(thereAlready(file))
  const draft = `${file}.${process.pid}.draft`
  try {
    const result = await writeDraft(draft, write)
    await takePlace(draft, file, force)
    return result
  } finally {
    rmSync(draft, { force: true })
  }
}

async function writeDraft<T>(draft: string, write: (out: Writable) => Promise<T>): Promise<T> {
  const out = createWriteStream(draft, { flags: 'wx', mode: 0o600 })
  // A full disk is reported by whoever waits for the stream next; until then it must not end the process.
  out.on('error', () => {})
  await once(out, 'open').catch((error: NodeJS.ErrnoException) => {
    throw new BadInput(`${path.basename(draft)} cannot be written (${error.code}): choose another folder.`)
  })
  try {
    return await write(out)
  } finally {
    out.destroy()
  }
}

/** A link refuses where a rename would replace what has come there meanwhile. */
async function takePlace(draft: string, file: string, force: boolean): Promise<void> {
  if (force) return rename(draft, file)
  try {
    await link(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw new BadInput(thereAlready(file))
    // Some file systems know no links.
    await rename(draft, file)
  }
}

function thereAlready(file: string): string {
  return `${path.basename(file)} is there already: choose another name, or add --force.`
}
