// A passphrase: from a file, or asked on the terminal without showing it. Never an argument, which everybody on the machine can see.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { BadInput } from '../domain/errors.ts'
import type { Terminal } from './command.ts'

const shortest = 12

/** The passphrase; a `fresh` one is asked twice and must have 12 characters. Throws BadInput where there is neither file nor terminal. */
export async function passphraseOf(
  terminal: Terminal,
  { passphraseFile: file }: { passphraseFile?: string },
  { fresh }: { fresh: boolean },
): Promise<string> {
  if (file === undefined && !terminal.interactive)
    throw new BadInput('There is nobody here to ask for the passphrase: give --passphrase-file FILE.')
  const given = file === undefined ? await hidden('Passphrase: ') : firstLine(file)
  if (fresh && [...given].length < shortest)
    throw new BadInput(`The passphrase is short of ${shortest} characters: four or five words are easy to keep.`)
  if (fresh && file === undefined && (await hidden('Once more: ')) !== given)
    throw new BadInput('The two passphrases differ: nothing was done.')
  return given
}

function firstLine(file: string): string {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/)[0] ?? ''
  } catch (error) {
    throw new BadInput(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}): check the name.`)
  }
}

async function hidden(question: string): Promise<string> {
  process.stderr.write(question)
  // What is typed is echoed into nothing.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const prompt = createInterface({ input: process.stdin, output: nowhere, terminal: true })
  try {
    return await prompt.question('')
  } finally {
    prompt.close()
    process.stderr.write('\n')
  }
}
