// A dump back into a fresh database: the rows of its COPY blocks, all in one transaction, with the rules of the database put
// aside while they come in and every foreign key checked again after.
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { BadInput } from '../domain/errors.ts'
import { countsMark, leftOut } from './dump.ts'

/** Rows that came in, by table. */
export type Loaded = Record<string, number>

/**
 * Opens a load into the database at `url`, migrated as far as the dump's was and used by nobody. `read` takes the dump in;
 * `commit` makes it real, once the caller knows that all of it was genuine. Throws BadInput when rows are missing.
 */
export async function openLoad(url: string) {
  const client = new pg.Client({ connectionString: url, application_name: 'lupa restore' })
  client.on('error', () => {})
  await client.connect()
  await client.query('begin')
  const putBack = await putRulesAside(client)
  return {
    read: (text: AsyncIterable<Buffer>): Promise<Loaded> => readDump(client, text),
    commit: async () => {
      for (const statement of putBack) await client.query(statement)
      await client.query('commit')
      await client.query('analyze')
    },
    close: () => client.end(),
  }
}

/** Empties every table, takes off triggers and foreign keys; returns the statements that put them back. */
async function putRulesAside(client: pg.Client): Promise<string[]> {
  const { rows: keys } = await client.query<{ table: string; name: string; definition: string }>(
    `select c.conrelid::regclass::text as table, quote_ident(c.conname) as name, pg_get_constraintdef(c.oid) as definition
     from pg_constraint c join pg_namespace n on n.oid = c.connamespace
     where c.contype = 'f' and n.nspname <> all ($1) order by 1, 2`,
    [leftOut],
  )
  const { rows: tables } = await client.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname <> all ($1) and tablename <> '_prisma_migrations' order by 1`,
    [leftOut],
  )
  for (const { table, name } of keys) await client.query(`alter table ${table} drop constraint ${name}`)
  for (const { name } of tables) await client.query(`alter table ${name} disable trigger user`)
  await client.query(`truncate ${tables.map(({ name }) => name).join(', ')}`)
  return [
    ...keys.map(({ table, name, definition }) => `alter table ${table} add constraint ${name} ${definition}`),
    ...tables.map(({ name }) => `alter table ${name} enable trigger user`),
  ]
}

const copyLine = /^COPY ((\S+) \(.*\)) FROM stdin;$/
const sequenceLine = /^SELECT pg_catalog\.setval\('([^']+)', (\d+), (true|false)\);$/
const newline = 0x0a
const endOfRows = Buffer.from('\\.\n')

/** Takes line after line; `rest` always begins at the beginning of one. */
async function readDump(client: pg.Client, text: AsyncIterable<Buffer>): Promise<Loaded> {
  const loaded: Loaded = {}
  let expected: Loaded | null = null
  let rest: Buffer = Buffer.alloc(0)
  let block: ReturnType<typeof openBlock> | null = null
  for await (const chunk of text) {
    rest = Buffer.concat([rest, chunk])
    while (rest.length > 0) {
      if (block) {
        const end = rowsEnd(rest)
        const cut: number = end ?? rest.lastIndexOf(newline) + 1
        if (cut > 0) await block.put(rest.subarray(0, cut))
        rest = rest.subarray(cut)
        if (end === null) break
        rest = rest.subarray(endOfRows.length)
        loaded[block.table] = await block.end()
        block = null
        continue
      }
      const end = rest.indexOf(newline)
      if (end < 0) break
      const line = rest.subarray(0, end).toString('utf8')
      rest = rest.subarray(end + 1)
      const [, what, table] = copyLine.exec(line) ?? []
      if (what && table) block = openBlock(client, what, table)
      const [, name, value, called] = sequenceLine.exec(line) ?? []
      if (name) await client.query('select setval($1::regclass, $2, $3)', [name, value, called === 'true'])
      if (line.startsWith(countsMark)) expected = JSON.parse(line.slice(countsMark.length)) as Loaded
    }
  }
  requireAll(loaded, expected)
  return loaded
}

/** Where a block's last line begins, or null when it is not here yet. */
function rowsEnd(lines: Buffer): number | null {
  if (lines.subarray(0, endOfRows.length).equals(endOfRows)) return 0
  const before = lines.indexOf(`\n${endOfRows}`)
  return before < 0 ? null : before + 1
}

/** The rows of one table on their way in. */
function openBlock(client: pg.Client, what: string, table: string) {
  const rows = client.query(copyFrom(`copy ${what} from stdin`))
  const done = finished(rows)
  // Whoever waits for the end hears of a failure; until then it must not end the process.
  done.catch(() => {})
  return {
    table,
    put: async (lines: Buffer) => {
      if (!rows.write(lines)) await Promise.race([once(rows, 'drain'), done])
    },
    end: async () => {
      rows.end()
      await done
      return rows.rowCount
    },
  }
}

function requireAll(loaded: Loaded, expected: Loaded | null): void {
  if (!expected) throw new BadInput('The backup does not end as one should: use another.')
  const short = Object.entries(expected).filter(([table, rows]) => loaded[table] !== rows)
  if (short.length > 0)
    throw new BadInput(
      `The backup has not the rows that were counted for ${short.map(([table]) => table).join(', ')}: use another.`,
    )
}
