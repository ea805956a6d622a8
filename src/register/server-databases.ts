// Databases of one server, as a restore needs them: made beside the register, put in its place, dropped.
import pg from 'pg'
import { NotAllowed, Unavailable } from '../domain/errors.ts'

/** The URL of another database on the same server. */
export function sibling(url: string, name: string): string {
  const other = new URL(url)
  other.pathname = `/${encodeURIComponent(name)}`
  return other.href
}

/** The name of the database that a URL leads to. */
export function databaseName(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1))
}

/** Makes an empty UTF8 database; what a killed command has left under this name is dropped first. Throws NotAllowed where the role may not. */
export async function createDatabase(url: string, name: string): Promise<void> {
  await onServer(url, async (client) => {
    await client.query(`drop database if exists ${quoted(name)}`)
    await client.query(`create database ${quoted(name)} template template0 encoding 'UTF8'`)
  })
}

/** Drops a database if it is there. */
export async function dropDatabase(url: string, name: string): Promise<void> {
  await onServer(url, (client) => client.query(`drop database if exists ${quoted(name)}`))
}

/** How many other connections there are to the database of this URL. */
export async function guestsOf(url: string): Promise<number> {
  return onServer(url, async (client) => {
    const { rows } = await client.query(
      `select count(*)::int as guests from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
      [databaseName(url)],
    )
    return rows[0].guests as number
  })
}

/** Puts the database `from` in the place of the URL's own, which is dropped: one moment, and there is always one of the name. */
export async function replaceDatabase(url: string, from: string): Promise<void> {
  const name = databaseName(url)
  const aside = `${name}_replaced`
  await onServer(url, async (client) => {
    await client.query(`drop database if exists ${quoted(aside)}`)
    await client.query('begin')
    await client.query(`alter database ${quoted(name)} rename to ${quoted(aside)}`)
    await client.query(`alter database ${quoted(from)} rename to ${quoted(name)}`)
    await client.query('commit')
    await client.query(`drop database ${quoted(aside)}`)
  })
}

async function onServer<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: sibling(url, 'postgres'), application_name: 'lupa' })
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    throw new Unavailable(`The server's database "postgres" cannot be reached (${code ?? message}).`)
  }
  try {
    return await work(client)
  } catch (error) {
    throw worded(error)
  } finally {
    await client.end()
  }
}

function worded(error: unknown): unknown {
  switch ((error as { code?: string }).code) {
    case '55006':
      return new NotAllowed('Somebody is connected to the database: stop what is running (`lupa stop`, workers) first.')
    case '42501':
      return new NotAllowed('The role of DATABASE_URL may not make databases: give it CREATEDB for this.')
    default:
      return error
  }
}

const quoted = (name: string) => pg.escapeIdentifier(name)
