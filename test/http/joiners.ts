// What tests of the sign-up do and look at: somebody fills the form in, confirms, says no; what is then known of them.
import { expect } from 'vitest'
import { sql } from '../../src/register/database.ts'
import { presentReason } from '../../src/register/people.ts'
import { prohibit } from '../../src/register/permissions.ts'
import { ask, confirmationIn, type JoinWorld, stampIn } from './join-world.ts'

export type TypedForm = { firstName: string; lastName: string; email: string; organisation: string }

/** The acts and looks of one world; everybody it makes up is somebody else. */
export function joiners(world: JoinWorld) {
  let made = 0
  return { somebody, signUp, joined, addPerson, sayNo, knownOf, suppressedNow, pending }

  function somebody(known: Partial<TypedForm> = {}): TypedForm {
    made += 1
    return {
      firstName: `Etu${made}`,
      lastName: `Sukunimi${made}`,
      email: `liittyja${made}@talo${made}.example`,
      organisation: '',
      ...known,
    }
  }

  /** Fills the form in as a person does: it is opened, takes a while, and is sent. */
  async function signUp(
    typed: TypedForm,
    differs: Record<string, string> = {},
    address = world.web.address,
    query = '',
  ) {
    const stamp = stampIn((await ask(`${address}/join${query}`)).text)
    world.turn(differs['stamp'] ? '0' : '3s')
    const body = new URLSearchParams({ ...typed, homepage: '', stamp, ...differs })
    return ask(`${address}/join${query}`, { method: 'POST', body })
  }

  async function joined(typed: TypedForm): Promise<void> {
    await signUp(typed)
    const { status } = await ask(world.web.address + confirmationIn(world.catcher), { method: 'POST' })
    expect(status).toBe(200)
  }

  async function addPerson({ firstName, lastName, email }: TypedForm): Promise<string> {
    const { db, keys, clock } = world.context
    made += 1
    const named = {
      register: 'koe',
      key: String(made),
      firstName,
      lastName,
      email,
      emailNature: 'work',
      keptFrom: clock(),
    }
    return (
      await db.person.create({ data: { ...named, addressHashes: keys.hashes('email', email), addedAt: clock() } })
    ).id
  }

  async function sayNo(personId: string | null, email?: string): Promise<void> {
    const { db, keys, clock } = world.context
    const addresses = email ? keys.hashes('email', email) : []
    const onceKey = `no|${personId}|${email}|${clock().getTime()}`
    await prohibit(db, { personId, at: clock(), channel: 'mail', actor: 'test', onceKey, addresses })
    world.turn('1s')
  }

  /** Everyone with the address, and what is known of them. */
  async function knownOf(email: string) {
    const { db, keys, clock } = world.context
    const people = await db.person.findMany({ where: { addressHashes: { hasSome: keys.hashes('email', email) } } })
    return Promise.all(
      people.map(async (person) => ({
        person,
        permission: person.permission,
        reason: await presentReason(db, person.id, clock()),
        organisation:
          person.organisationId && (await db.organisation.findUnique({ where: { id: person.organisationId } }))?.name,
        entries: await db.permissionEntry.findMany({ where: { personId: person.id }, orderBy: { id: 'asc' } }),
        collected: await db.collection.findMany({ where: { personId: person.id } }),
        audited: (await db.audit.findMany({ where: { subject: person.id }, orderBy: { seq: 'asc' } })).map(
          ({ action }) => action,
        ),
      })),
    )
  }

  async function suppressedNow(email: string): Promise<boolean> {
    const { db, keys } = world.context
    const rows = await db.suppression.findMany({ where: { addressHash: { in: keys.hashes('email', email) } } })
    return rows.some(({ at, liftedAt }) => liftedAt === null || liftedAt <= at)
  }

  async function pending(): Promise<Record<string, unknown>[]> {
    return world.context.db.$queryRaw(sql`select * from sign_up order by asked_at`)
  }
}
