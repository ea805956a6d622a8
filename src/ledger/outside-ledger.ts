// The outside ledger: opt-outs and erasures that also live outside the database, so that a restore cannot undo them.
// A folder of append-only files, one per writer; each line's hash covers the line before it.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'
import {
  appendLedger,
  type KnownEnd,
  type LedgerEntry,
  type LedgerLine,
  readLedger,
  readLedgerOn,
} from './ledger-file.ts'

export type OutsideLedger = {
  folder: string
  /** This machine's file. */
  writer: string
  /** Names of all files there are. */
  writers: () => string[]
  /** All complete lines of one file, checked. Throws NotAllowed when the chain is broken. */
  read: (writer: string) => LedgerLine[]
  /**
   * Appends entries to this machine's file and syncs it; returns the last line's number. The caller holds the database's ledger lock. A no
   * costs the same however many there are: only what came since this process last looked is read. Throws NotAllowed as `read` does.
   */
  append: (entries: LedgerEntry[]) => number
}

/** Opens the ledger in `folder`, which is made when it is not there; a database that has written to it before will miss its files. */
export function openOutsideLedger(folder: string, host: string): OutsideLedger {
  const writer = createHash('sha256').update(host).digest('hex').slice(0, 12)
  const file = (name: string) => path.join(folder, `${name}.jsonl`)
  let end: KnownEnd | null = null
  const readAll = (name: string) => {
    const found = readLedger(file(name))
    if (name === writer) end = found.end
    return found
  }
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
    read: (name) => readAll(name).lines,
    append: (entries) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const found = (end && readLedgerOn(file(writer), end)) ?? readAll(writer)
      if (entries.length === 0) return found.lines.at(-1)?.seq ?? 0
      // Whatever interrupts the writing, the next one looks at all of it.
      end = null
      end = appendLedger(file(writer), entries, found)
      return end.last.seq
    },
  }
}
