// lupa person note: a confidential note, read from stdin or a file. Never an argument: everybody on the machine can see those.
import { readFileSync } from 'node:fs'
import { text as allOf } from 'node:stream/consumers'
import type { Command } from 'commander'
import type { Context } from '../../context.ts'
import { BadInput } from '../../domain/errors.ts'
import { addNote } from '../../register/notes.ts'
import { personMeant } from '../../register/people.ts'
import { command, type Terminal } from '../command.ts'

/** The `person note` command. */
export function noteCommand(): Command {
  return command<{ file?: string }>(
    'note <person>',
    'add a confidential note, read from stdin (or a file) and kept encrypted',
    note,
  ).option('--file <file>', 'read it from this file')
}

async function note(
  { db, keys, clock }: Context,
  terminal: Terminal,
  { file }: { file?: string },
  named = '',
): Promise<void> {
  const id = await personMeant(db, named)
  if (file === undefined && terminal.interactive) terminal.say('Write the note; Ctrl-D on a line of its own ends it.')
  const { added, found } = await addNote(db, keys, id, file === undefined ? await allOf(process.stdin) : inFile(file), {
    actor: 'operator',
    at: clock(),
  })
  const looks =
    found.length > 0 ? ` It holds what should be looked at (${found.join(', ')}): \`lupa review list\`.` : ''
  terminal.result({ person: id, added, found }, added ? `Noted.${looks}` : 'This very note is there already.')
}

function inFile(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new BadInput(
      code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
        ? `${file} is not UTF-8 text: save it again with the encoding UTF-8.`
        : `${file} cannot be read (${code}): check the name and the folder.`,
    )
  }
}
