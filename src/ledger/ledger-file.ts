// One file of the outside ledger: lines that only grow, each line's hash covering the one before it. Sizes and places in bytes.
import { createHash } from 'node:crypto'
import { closeSync, existsSync, fstatSync, fsyncSync, openSync, readSync, statSync, writeFileSync } from 'node:fs'
import { NotAllowed } from '../domain/errors.ts'

/** What a line holds besides its place in the chain: keyed hashes and random ids only. */
export type LedgerEntry = Record<string, unknown> & { kind: 'opt-out' | 'erasure' | 'audit-head' }
export type LedgerLine = { seq: number; entry: LedgerEntry; previous: string; hash: string }

/** Where a file was seen to end: its last checked line that has a line end, where that begins, and how the file looked then. */
export type KnownEnd = { last: LedgerLine; from: number; size: number; modifiedMs: number }

/** What was read: the checked lines, whether nothing at the end was cut short, and where the file ends. */
export type LedgerRead = { lines: LedgerLine[]; whole: boolean; end: KnownEnd | null }

/** Reads and checks a file from its beginning. Throws NotAllowed when the chain is broken. */
export function readLedger(file: string): LedgerRead {
  if (!existsSync(file)) return { lines: [], whole: true, end: null }
  return checked(file, bytesFrom(file, 0), null) as LedgerRead
}

/**
 * Reads only what came after a known end, whose line comes first; null when the file is not the one that was known. Throws NotAllowed
 * when the chain is broken there.
 */
export function readLedgerOn(file: string, known: KnownEnd): LedgerRead | null {
  const now = existsSync(file) ? statSync(file) : null
  const touched = now?.size === known.size && now.mtimeMs !== known.modifiedMs
  return !now || now.size < known.size || touched ? null : checked(file, bytesFrom(file, known.from), known)
}

/**
 * Writes entries after the last line, and returns only when they are on the disk: the lines' new end. `whole` says whether nothing is cut
 * short there; else a new line's start closes it, and readers pass over it.
 */
export function appendLedger(file: string, entries: LedgerEntry[], { lines, whole }: LedgerRead): KnownEnd {
  const added = chained(entries, lines.at(-1))
  const handle = openSync(file, 'a', 0o600)
  try {
    // Writes on until all is written, as a single write need not.
    writeFileSync(handle, `${whole ? '' : '\n'}${added.map(written).join('')}`)
    fsyncSync(handle)
    const { size, mtimeMs } = fstatSync(handle)
    const last = added.at(-1) as LedgerLine
    return { last, from: size - Buffer.byteLength(written(last)), size, modifiedMs: mtimeMs }
  } finally {
    closeSync(handle)
  }
}

const written = (line: LedgerLine) => `${JSON.stringify(line)}\n`

function chained(entries: LedgerEntry[], last: LedgerLine | undefined): LedgerLine[] {
  let previous = last?.hash ?? ''
  let seq = last?.seq ?? 0
  return entries.map((entry) => {
    seq += 1
    const line = { seq, entry, previous, hash: lineHash(previous, seq, entry) }
    previous = line.hash
    return line
  })
}

function lineHash(previous: string, seq: number, entry: LedgerEntry): string {
  return createHash('sha256')
    .update(`${previous}|${seq}|${JSON.stringify(entry)}`)
    .digest('hex')
}

type Bytes = { bytes: Buffer; place: number; size: number; modifiedMs: number }

function checked(file: string, { bytes, place, ...looks }: Bytes, known: KnownEnd | null): LedgerRead | null {
  const lines: LedgerLine[] = []
  let end: KnownEnd | null = null
  for (const { text, from, closed } of pieces(bytes)) {
    const line = parsed(text)
    const isKnown = line !== null && line.hash === known?.last.hash && hashFits(line)
    if (known && lines.length === 0 && !isKnown) return null
    // What a crash cut short was never confirmed, and is written again from the outbox.
    if (!line) continue
    if (!known || lines.length > 0) requireNext(file, line, lines.at(-1))
    lines.push(line)
    // Without its line end it may be half of what another process is writing now.
    if (closed) end = { last: line, from: place + from, ...looks }
  }
  return { lines, whole: bytes.length === 0 || bytes.at(-1) === lineEnd, end }
}

const lineEnd = 0x0a

function* pieces(bytes: Buffer): Generator<{ text: string; from: number; closed: boolean }> {
  for (let from = 0; from < bytes.length; ) {
    const found = bytes.indexOf(lineEnd, from)
    const to = found < 0 ? bytes.length : found
    yield { text: bytes.toString('utf8', from, to), from, closed: found >= 0 }
    from = to + 1
  }
}

function parsed(text: string): LedgerLine | null {
  try {
    return text ? (JSON.parse(text) as LedgerLine) : null
  } catch {
    return null
  }
}

const hashFits = (line: LedgerLine) => line.hash === lineHash(line.previous, line.seq, line.entry)

function requireNext(file: string, line: LedgerLine, last: LedgerLine | undefined): void {
  const fits = line.seq === (last?.seq ?? 0) + 1 && line.previous === (last?.hash ?? '')
  if (!fits || !hashFits(line))
    throw new NotAllowed(
      `The outside ledger ${file} is broken at entry ${(last?.seq ?? 0) + 1}: put back an intact copy before anything runs.`,
    )
}

/** The bytes of a file from this place on, and how it looked before they were read. */
function bytesFrom(file: string, place: number): Bytes {
  const handle = openSync(file, 'r')
  try {
    const { size, mtimeMs } = fstatSync(handle)
    const bytes = Buffer.alloc(Math.max(0, size - place))
    let read = 0
    while (read < bytes.length) {
      const count = readSync(handle, bytes, read, bytes.length - read, place + read)
      if (count === 0) break
      read += count
    }
    return { bytes: bytes.subarray(0, read), place, size, modifiedMs: mtimeMs }
  } finally {
    closeSync(handle)
  }
}
