// Who is named where nobody may be (I6): one search through every place outside the register's own tables about people. A world
// makes it when it closes, so every story is held to it.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { schemaInventory } from '../../src/compliance/data-inventory.ts'
import type { Config } from '../../src/config.ts'
import { type RegisterClient, rawSql, sql } from '../../src/register/database.ts'
import { redisText } from './redis-dump.ts'

/** Somebody to look for. Names are looked for as whole words: give only unmistakable ones. */
export type Sought = { email: string | null; names?: string[] }

/** Texts by the name of the place they were found in. */
export type Places = Record<string, string>

/** What was found, a line each, with the place and what of whom it is: never who. Empty when all is well. */
export function leaksIn(places: Places, people: Sought[], secrets: string[]): string[] {
  const traces = tracesOf(people)
  return Object.entries(places).flatMap(([place, text]) => {
    const found = new Set(tokensOf(text).flatMap((token) => traces.get(token) ?? []))
    const secret = secrets.some((one) => text.includes(one)) ? ['a key or a password'] : []
    return [...found, ...secret].map((what) => `${place}: ${what}`)
  })
}

/** Every table that names nobody, the jobs, the outside ledger, and all other files of the home: as they are now. */
export async function placesOf(db: RegisterClient, config: Config): Promise<Places> {
  return { ...(await tablesWithoutNames(db)), ...(await queueText(db, config)), ...filesOf(config) }
}

/** What the queue holds now, on either backend. */
export async function queueText(db: RegisterClient, { redisUrl, queuePrefix }: Config): Promise<Places> {
  if (redisUrl) return { Redis: await redisText(redisUrl, `${queuePrefix}:*`) }
  const rows = await db.$queryRaw<{ name: string }[]>(
    sql`select tablename as name from pg_tables where schemaname = 'bullmq'`,
  )
  return {
    jobs: Object.values(
      await textOf(
        db,
        rows.map(({ name }) => `bullmq.${name}`),
      ),
    ).join('\n'),
  }
}

/** The keys and passwords of an installation, as its environment and its files have them. */
export function secretsOf(config: Config): string[] {
  const urls = [config.database.url, ...Object.values(config.database.roleUrls), config.smtpUrl, config.redisUrl]
  const passwords = urls.flatMap((url) => (url ? [decodeURIComponent(new URL(url).password)] : []))
  const kept = ['keys', 'logins.json'].map((name) => path.join(config.home, name)).filter(existsSync)
  const inFiles = kept.flatMap((file) => textsIn(file).flatMap((text) => text.match(/[A-Za-z0-9+/_-]{24,}=?/g) ?? []))
  return [config.mailchimp.apiKey ?? '', ...passwords, ...inFiles].filter((one) => one.length >= 8)
}

/** Everything below a folder, or the file. */
export function textsIn(where: string): string[] {
  if (!existsSync(where)) return []
  if (statSync(where).isFile()) return [readFileSync(where, 'latin1')]
  return readdirSync(where).flatMap((name) => [name, ...textsIn(path.join(where, name))])
}

// Whatever says of itself that it is about nobody, and what holds keyed hashes and random ids only.
const nameless = ['campaign', 'audit', 'barred', 'disclosure']
/** A domain that said no stands there by its name; an operator's words on how somebody said no are theirs. */
const excepted = ['prohibited_domain', 'feedback']

async function tablesWithoutNames(db: RegisterClient): Promise<Places> {
  const { columns, others } = schemaInventory()
  const named = new Set(columns.filter(({ category }) => !nameless.includes(category)).map(({ table }) => table))
  const tables = new Set([...columns, ...others].map(({ table }) => table))
  return textOf(
    db,
    [...tables].filter((table) => !named.has(table) && !excepted.includes(table)),
  )
}

async function textOf(db: RegisterClient, tables: string[]): Promise<Places> {
  const each = tables.map((table) => `select '${table}' as name, row_to_json(t)::text as line from ${table} t`)
  const rows = await db.$queryRaw<{ name: string; line: string }[]>(sql`${rawSql(each.join(' union all '))}`)
  const places: Record<string, string[]> = Object.fromEntries(tables.map((table) => [table, []]))
  for (const { name, line } of rows) places[name]?.push(line)
  return Object.fromEntries(Object.entries(places).map(([name, lines]) => [name, lines.join('\n')]))
}

/** The home without the database's own files, the keys and the logins, which are where they belong; and the ledger, where that is elsewhere. */
function filesOf({ home, ledger }: Config): Places {
  const own = readdirSync(home).filter((name) => !['keys', 'logins.json', 'postgres'].includes(name))
  const places = Object.fromEntries(own.map((name) => [`home/${name}`, textsIn(path.join(home, name)).join('\n')]))
  return { ...places, 'outside ledger': textsIn(ledger).join('\n') }
}

/** Token → what of somebody it is. */
function tracesOf(people: Sought[]): Map<string, string> {
  const traces = new Map<string, string>()
  for (const [place, { email, names = [] }] of people.entries()) {
    for (const name of names) traces.set(name.toLowerCase(), `a name of person ${place + 1}`)
    if (!email) continue
    const address = email.toLowerCase()
    traces.set(address, `the address of person ${place + 1}`)
    traces.set(encodeURIComponent(address), `the address of person ${place + 1} in a URL`)
    for (const encoding of ['base64', 'base64url'] as const)
      traces.set(bare(Buffer.from(address).toString(encoding)), `the address of person ${place + 1} in ${encoding}`)
    for (const kind of ['md5', 'sha1', 'sha256']) {
      const hash = createHash(kind).update(address).digest()
      for (const encoding of ['hex', 'base64', 'base64url'] as const)
        traces.set(bare(hash.toString(encoding)), `${kind} of the address of person ${place + 1} in ${encoding}`)
    }
  }
  return traces
}

/** Whatever in a text could be a name, an address or an encoded hash. */
function tokensOf(text: string): string[] {
  const whole = text.toLowerCase()
  const words = whole.match(/[\p{L}\p{N}]+/gu) ?? []
  const addresses = whole.match(/[\p{L}\p{N}._+-]+(@|%40)[\p{L}\p{N}.-]+/gu) ?? []
  const encoded = (text.match(/[A-Za-z0-9+/_-]{16,}/g) ?? []).flatMap((one) => [one, ...one.split('/')])
  return [...words, ...addresses, ...encoded]
}

const bare = (text: string) => text.replace(/=+$/, '')
