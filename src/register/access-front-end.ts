// The old Access front end over the register: the one login it comes in by, and what it links (schema `access`).
import { createHash, randomBytes } from 'node:crypto'
import { NotAllowed } from '../domain/errors.ts'
import { writeAudit } from './audit.ts'
import { type Database, rawSql, sql } from './database.ts'

/** The tables of the old register, each with the column that numbers its rows. */
export const accessTables = [
  ['Yritykset', 'YritysID'],
  ['Henkilöt', 'HenkilöID'],
  ['Tapaamiset', 'ID'],
  ['Tarjotut palvelut', 'ID'],
  ['Toimeksiannot', 'ID'],
  ['Tilaukset', 'ID'],
  ['Aktiviteetit', 'ID'],
] as const

/** Where the front end finds the database; `login` whether or not it has been made. */
export type AccessPlace = { database: string; port: number; login: string }

/** Asks the database itself: an embedded one is found where it listens now. */
export async function accessPlace(db: Database): Promise<AccessPlace> {
  const [row] = await db.$queryRaw<{ id: string; database: string; port: number | null }[]>(
    sql`select id::text as id, current_database() as database, inet_server_port() as port from installation`,
  )
  return { database: row!.database, port: row!.port ?? 5432, login: loginOf(row!.id) }
}

/** As the other logins of this installation: roles belong to the whole server, and several registers may share it. */
function loginOf(installation: string): string {
  return `lupa_access_${createHash('sha256').update(installation).digest('hex').slice(0, 8)}`
}

/**
 * Makes the front end's login, or gives it a new password; the old one stops working. It may do what the views of schema `access`
 * let it, and nothing else. Returns the password: it is kept nowhere.
 * @throws NotAllowed where the database's owner may not create roles.
 */
export async function renewAccessLogin(
  db: Database,
  { actor, at }: { actor: string; at: Date },
): Promise<{ login: string; password: string }> {
  const { login, database } = await accessPlace(db)
  const password = randomBytes(18).toString('base64url')
  const [known] = await db.$queryRaw<{ there: boolean }[]>(
    sql`select exists (select from pg_roles where rolname = ${login}) as there`,
  )
  try {
    // Neither name nor password can be a parameter here; both are letters, digits, - and _.
    await db.$executeRaw(rawSql(`${known?.there ? 'alter' : 'create'} role ${login} login password '${password}'`))
    await db.$executeRaw(rawSql(`grant lupa_access to ${login}`))
    await db.$executeRaw(rawSql(`grant connect on database "${database.replaceAll('"', '""')}" to ${login}`))
  } catch (error) {
    if (!/permission denied/.test(String(error))) throw error
    throw new NotAllowed(
      `The database's owner may not make logins: ask its administrator for \`create role ${login} login password '…' in role lupa_access\`.`,
    )
  }
  await writeAudit(db, { at, actor, action: 'access-login-renewed', facts: { login } })
  return { login, password }
}
