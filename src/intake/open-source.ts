// The door for files: says what a file is, and hands it to the reader that knows it.
import { open, stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { openAccess } from './access.ts'
import { openCsv } from './csv.ts'
import { IntakeError } from './intake-error.ts'
import type { Source } from './source.ts'
import { openXlsx } from './xlsx.ts'

/**
 * Opens an Access database (.accdb, .mdb), a workbook (.xlsx) or a text file (.csv, .txt, .tsv), by its name and its first bytes.
 * @throws IntakeError with one sentence for whatever keeps the file from being read.
 */
export async function openSource(file: string, { password }: { password?: string } = {}): Promise<Source> {
  const name = basename(file)
  const found = await stat(file).catch(() => undefined)
  if (found === undefined) throw new IntakeError(`There is no file ${file}: check the name and the folder.`)
  if (!found.isFile()) throw new IntakeError(`${name} is not a file: give the register file itself.`)

  const extension = extname(file).toLowerCase()
  if (await startsLikeAccess(file)) return openAccess(file, password)
  if (['.accdb', '.mdb'].includes(extension)) throw new IntakeError(notAccess(name))
  if (['.csv', '.txt', '.tsv'].includes(extension)) return openCsv(file)
  if (extension === '.xlsx') return openXlsx(file)
  throw new IntakeError(
    `${name} cannot be read: give an Access database (.accdb, .mdb), or save the table as .csv or .xlsx.`,
  )
}

function notAccess(name: string): string {
  return `${name} is not an Access database, or it is damaged: open it in Access, or give the right file.`
}

/** Jet writes its name from the fifth byte on; so does ACE, and so does Money, whose files are Jet inside. */
async function startsLikeAccess(file: string): Promise<boolean> {
  const handle = await open(file)
  try {
    const head = Buffer.alloc(24)
    await handle.read(head, 0, 24, 0)
    return /^(?:Standard (?:Jet|ACE) DB|MSISAM Database)/.test(head.toString('latin1', 4))
  } finally {
    await handle.close()
  }
}
