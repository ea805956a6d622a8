// How a text file is written: its encoding and its separator, found by looking at all of its bytes once.
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { TextDecoder } from 'node:util'
import { IntakeError } from './intake-error.ts'

export type CsvFormat = {
  sha256: string
  encoding: 'utf-8' | 'windows-1252'
  delimiter: ',' | ';' | '\t'
  notices: string[]
}

/**
 * Reads the file once, in chunks. Text that is not UTF-8 is taken for Windows-1252, and a notice says so.
 * @throws IntakeError: not text (UTF-16, a workbook, a database), or marked as UTF-8 and broken.
 */
export async function sniffCsv(file: string): Promise<CsvFormat> {
  const name = basename(file)
  const hash = createHash('sha256')
  const utf8 = new TextDecoder('utf-8', { fatal: true })
  let head = Buffer.alloc(0)
  let isUtf8 = true
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    refuseNotText(chunk, head.length === 0, name)
    isUtf8 &&= decodes(utf8, chunk)
    if (head.length < 65_536) head = Buffer.concat([head, chunk])
  }
  isUtf8 &&= decodes(utf8)

  if (!isUtf8 && hasMark(head)) throw new IntakeError(brokenUtf8(name))
  const encoding = isUtf8 ? 'utf-8' : 'windows-1252'
  const notices = isUtf8 ? [] : [windowsNotice(name)]
  return {
    sha256: hash.digest('hex'),
    encoding,
    delimiter: delimiterOf(head.toString('latin1')),
    notices,
  }
}

function refuseNotText(chunk: Buffer, isFirst: boolean, name: string): void {
  const start = isFirst ? chunk.toString('latin1', 0, 2) : ''
  if (start === '\xff\xfe' || start === '\xfe\xff') {
    throw new IntakeError(`${name} is UTF-16 text: save it as "CSV UTF-8" and try again.`)
  }
  if (chunk.toString('latin1', 0, 4) === 'PK\x03\x04' || chunk.includes(0)) {
    throw new IntakeError(`${name} is not a text file, whatever its name says: save the table as "CSV UTF-8".`)
  }
}

function decodes(decoder: TextDecoder, chunk?: Buffer): boolean {
  try {
    decoder.decode(chunk, { stream: chunk !== undefined })
    return true
  } catch {
    return false
  }
}

function hasMark(head: Buffer): boolean {
  return head.toString('latin1', 0, 3) === '\xef\xbb\xbf'
}

function brokenUtf8(name: string): string {
  return `${name} says that it is UTF-8, and is not all through: save it once more as "CSV UTF-8" and try again.`
}

function windowsNotice(name: string): string {
  return `${name} is not UTF-8: it was read as Windows-1252. If names look wrong, save it as "CSV UTF-8" and import it again.`
}

/** The separator that the header line uses most, outside quotes; a semicolon where it uses none. */
function delimiterOf(text: string): CsvFormat['delimiter'] {
  const header =
    text
      .replace(/"[^"]*"/g, '')
      .trimStart()
      .split(/[\r\n]/, 1)[0] ?? ''
  const candidates = [';', ',', '\t'] as const
  const uses = (candidate: string) => header.split(candidate).length
  return candidates.reduce((best, candidate) => (uses(candidate) > uses(best) ? candidate : best))
}
