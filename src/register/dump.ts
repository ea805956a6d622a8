// The whole register out as SQL in one snapshot: what pg_dump writes, or our own COPY blocks in the same form where there is
// no pg_dump, or only one older than the server.
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { BadInput, Unavailable } from '../domain/errors.ts'

export type DumpMethod = 'export' | 'pg_dump'

export type Dump = {
  method: DumpMethod
  /** The server's version. */
  postgres: string
  /** Rows of every table, counted by the database in the snapshot that the text is of. */
  counts: Record<string, number>
  /** The SQL text, ending with the counts. */
  text: Readable
  close: () => Promise<void>
}

/** The schemas that are not in a backup: PostgreSQL's own, and the queues, whose jobs follow from the register. */
export const leftOut = ['pg_catalog', 'information_schema', 'pg_toast', 'bullmq']

/** How a dump's last line begins; the counts follow as JSON. */
export const countsMark = '-- lupa counts '

/**
 * Opens a dump of the database at `url` (its owner's). With no `method` named, pg_dump where its major version is not below the
 * server's, else our own export. Throws BadInput when the named one cannot be had. The caller reads `text` to its end and closes.
 */
export async function openDump(url: string, method?: DumpMethod): Promise<Dump> {
  const client = new pg.Client({ connectionString: url, application_name: 'lupa backup' })
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query(
      `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
    )
    const chosen = await chooseMethod(Math.floor(rows[0].number / 10_000), method)
    await client.query('begin isolation level repeatable read read only')
    const counts = await countRows(client)
    const lines = chosen === 'export' ? exportLines(client, counts) : await pgDumpLines(client, url, counts)
    return {
      method: chosen,
      postgres: rows[0].version.split(' ')[0],
      counts,
      text: Readable.from(lines, { objectMode: false }),
      close: () => client.end(),
    }
  } catch (error) {
    await client.end()
    throw error
  }
}

async function chooseMethod(server: number, wanted: DumpMethod | undefined): Promise<DumpMethod> {
  if (wanted === 'export') return 'export'
  const program = await pgDumpMajor()
  if (program !== null && program >= server) return 'pg_dump'
  if (wanted === undefined) return 'export'
  const found = program === null ? 'there is none on PATH' : `the one on PATH is ${program}`
  throw new BadInput(
    `pg_dump must not be older than the server, which is ${server}, and ${found}: use --method export.`,
  )
}

/** The major version of the pg_dump on PATH, or null. */
export async function pgDumpMajor(): Promise<number | null> {
  const child = spawn('pg_dump', ['--version'], { stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  const [code] = await once(child, 'close').catch(() => [null])
  return code === 0 ? Number(/(\d+)(?:\.|beta|rc|\s|$)/.exec(said)?.[1] ?? Number.NaN) || null : null
}

async function tablesOf(client: pg.Client): Promise<{ name: string; columns: string }[]> {
  const { rows } = await client.query<{ name: string; columns: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     where c.relkind = 'r' and c.relname <> '_prisma_migrations' and n.nspname <> all ($1) and n.nspname not like 'pg\\_%'
     group by 1 order by 1`,
    [leftOut],
  )
  return rows
}

async function countRows(client: pg.Client): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { name } of await tablesOf(client)) {
    const { rows } = await client.query(`select count(*)::float8 as rows from ${name}`)
    counts[name] = rows[0].rows
  }
  return counts
}

async function* exportLines(client: pg.Client, counts: Record<string, number>): AsyncGenerator<Buffer> {
  yield Buffer.from('-- The register, table by table, as psql reads it.\n')
  for (const { name, columns } of await tablesOf(client)) {
    const list = `${name} (${columns})`
    yield Buffer.from(`\nCOPY ${list} FROM stdin;\n`)
    for await (const chunk of client.query(copyTo(`copy ${list} to stdout`))) yield chunk as Buffer
    yield Buffer.from('\\.\n')
  }
  // Numbers are handed out outside of any snapshot: read last, they are behind no row that was read.
  const { rows } = await client.query<{ name: string; value: string | null; start: string }>(
    `select format('%I.%I', schemaname, sequencename) as name, last_value as value, start_value as start
     from pg_sequences where schemaname <> all ($1) order by 1`,
    [leftOut],
  )
  for (const { name, value, start } of rows) {
    yield Buffer.from(`SELECT pg_catalog.setval('${name}', ${value ?? start}, ${value !== null});\n`)
  }
  yield Buffer.from(`${countsMark}${JSON.stringify(counts)}\n`)
}

async function pgDumpLines(client: pg.Client, url: string, counts: Record<string, number>) {
  const { rows } = await client.query('select pg_export_snapshot() as snapshot')
  const { address, forget } = withoutPassword(url)
  const except = [
    ...leftOut.slice(3).map((schema) => `--exclude-schema=${schema}`),
    '--exclude-table-data=_prisma_migrations',
  ]
  const args = ['--format=plain', '--no-owner', `--snapshot=${rows[0].snapshot}`, ...except, `--dbname=${address}`]
  const child = spawn('pg_dump', args, { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true })
  return spoken(child, counts, forget)
}

async function* spoken(
  child: ChildProcessByStdio<null, Readable, Readable>,
  counts: Record<string, number>,
  forget: () => void,
): AsyncGenerator<Buffer> {
  try {
    let words = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (words += text))
    const ended = once(child, 'close')
    for await (const chunk of child.stdout) {
      // It is in: a kill from here on leaves no password behind.
      forget()
      yield chunk as Buffer
    }
    const [code] = await ended
    if (code !== 0) throw new Unavailable(`pg_dump ended with ${code}: ${words.trim().split('\n').at(-1)}`)
    yield Buffer.from(`\n${countsMark}${JSON.stringify(counts)}\n`)
  } finally {
    child.kill()
    forget()
  }
}

/** The password goes through a file that only we can read: the arguments of a program are everybody's to see. */
function withoutPassword(url: string): { address: string; forget: () => void } {
  const address = new URL(url)
  if (!address.password) return { address: address.href, forget: () => {} }
  const folder = mkdtempSync(path.join(os.tmpdir(), 'lupa-pass-'))
  const file = path.join(folder, 'pgpass')
  const password = decodeURIComponent(address.password).replace(/[\\:]/g, '\\$&')
  writeFileSync(file, `*:*:*:*:${password}\n`, { mode: 0o600 })
  address.password = ''
  address.searchParams.set('passfile', file)
  return { address: address.href, forget: () => rmSync(folder, { recursive: true, force: true }) }
}
