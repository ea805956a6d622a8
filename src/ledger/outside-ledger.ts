// The outside ledger: opt-outs and erasures that also live outside the database, so that a restore cannot undo them.
// A folder of append-only files, one per writer; each line's hash covers the line before it.
import { createHash } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { NotAllowed } from '../domain/errors.ts'

/** What a line holds besides its place in the chain: keyed hashes and random ids only. */
export type LedgerEntry = Record<string, unknown> & { kind: 'opt-out' | 'erasure' | 'audit-head' }
export type LedgerLine = { seq: number; entry: LedgerEntry; previous: string; hash: string }

export type OutsideLedger = {
  folder: string
  /** This machine's file. */
  writer: string
  /** Names of all files there are. */
  writers: () => string[]
  /** All complete lines of one file, checked. Throws NotAllowed when the chain is broken. */
  read: (writer: string) => LedgerLine[]
  /** Appends entries to this machine's file and syncs it; returns the last line's number. The caller holds the database's ledger lock. */
  append: (entries: LedgerEntry[]) => number
}

/** Opens the ledger in `folder`, which is made when it is not there; a database that has written to it before will miss its files. */
export function openOutsideLedger(folder: string, host: string): OutsideLedger {
  const writer = createHash('sha256').update(host).digest('hex').slice(0, 12)
  const file = (name: string) => path.join(folder, `${name}.jsonl`)
  const read = (name: string) => readLines(file(name))
  return {
    folder,
    writer,
    writers: () =>
      existsSync(folder)
        ? readdirSync(folder)
            .filter((name) => name.endsWith('.jsonl'))
            .map((name) => path.basename(name, '.jsonl'))
            .sort()
        : [],
    read,
    append: (entries) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const last = read(writer).at(-1)
      const lines = chained(entries, last)
      // A line cut short by a crash is closed by a new line's start: readLines passes over it.
      appendSynced(
        file(writer),
        `${endsCleanly(file(writer)) ? '' : '\n'}${lines.map((line) => JSON.stringify(line)).join('\n')}\n`,
      )
      return lines.at(-1)?.seq ?? last?.seq ?? 0
    },
  }
}

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

function readLines(file: string): LedgerLine[] {
  if (!existsSync(file)) return []
  const lines: LedgerLine[] = []
  for (const text of readFileSync(file, 'utf8').split('\n')) {
    const line = parsed(text)
    // What a crash cut short was never confirmed, and is written again from the outbox.
    if (!line) continue
    const last = lines.at(-1)
    const fits = line.seq === (last?.seq ?? 0) + 1 && line.previous === (last?.hash ?? '')
    if (!fits || line.hash !== lineHash(line.previous, line.seq, line.entry)) {
      throw new NotAllowed(
        `The outside ledger ${file} is broken at entry ${(last?.seq ?? 0) + 1}: put back an intact copy before anything runs.`,
      )
    }
    lines.push(line)
  }
  return lines
}

function parsed(text: string): LedgerLine | null {
  try {
    return text ? (JSON.parse(text) as LedgerLine) : null
  } catch {
    return null
  }
}

function endsCleanly(file: string): boolean {
  return !existsSync(file) || readFileSync(file).at(-1) === 0x0a
}

function appendSynced(file: string, text: string): void {
  const handle = openSync(file, 'a', 0o600)
  try {
    // Writes on until all is written, as a single write need not.
    writeFileSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
