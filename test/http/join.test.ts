// Sign-up with double opt-in: nobody is added but by their own mailbox, and a confirmed yes is the only thing that lifts a no.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { permissionWording, wordingVersion } from '../../src/http/join/wording.ts'
import { until } from '../../src/operator/run-workers.ts'
import { inTransaction, sql } from '../../src/register/database.ts'
import { confirmSignUp, forgetSignUps } from '../../src/register/sign-ups.ts'
import { ask, confirmationIn, type JoinWorld, openJoinWorld } from './join-world.ts'
import { joiners } from './joiners.ts'

let world: JoinWorld
let joiner: ReturnType<typeof joiners>
beforeAll(async () => {
  world = await openJoinWorld()
  joiner = joiners(world)
})
afterAll(async () => {
  await world?.close()
})

test('a sign-up becomes a documented permission when its mailbox confirms it, and nothing before', async () => {
  const typed = joiner.somebody({ organisation: 'Esimerkkiyhtiö Oy' })
  const asked = await joiner.signUp(typed)
  expect(await joiner.knownOf(typed.email)).toEqual([])
  const [mail] = world.catcher.mails.slice(-1)

  const page = await ask(world.web.address + confirmationIn(world.catcher))
  expect(await joiner.knownOf(typed.email)).toEqual([])
  const confirmed = await ask(world.web.address + confirmationIn(world.catcher), { method: 'POST' })

  expect([asked.status, asked.location, page.status, confirmed.status]).toEqual([303, 'join/sent?lang=fi', 200, 200])
  expect(page.text).toContain('<button name="confirm"')
  expect(confirmed.text).toContain('Kiitos. Tilauksesi on vahvistettu.')
  expect(mail).toMatchObject({
    from: 'erja@konsultti.example',
    to: typed.email,
    subject: 'Vahvista uutiskirjeen tilaus',
    headers: { 'auto-submitted': 'auto-generated' },
  })
  const [person] = await joiner.knownOf(typed.email)
  expect(person).toMatchObject({
    person: { firstName: typed.firstName, lastName: typed.lastName, email: typed.email, emailNature: 'work' },
    organisation: 'Esimerkkiyhtiö Oy',
    permission: 'permission',
    reason: null,
    collected: [{ source: 'CRM_WEB_FORM', ground: 'JOINED_LIST', noticeVersion: '2024-05-15' }],
    audited: ['person-permitted', 'sign-up-confirmed'],
  })
  const wording = permissionWording('Esimerkki Consulting Oy', 'fi')
  expect(person?.entries).toMatchObject([
    {
      says: 'permission',
      channel: 'form',
      actor: 'recipient',
      source: 'CRM_WEB_FORM',
      wording,
      usable: true,
      personal: true,
    },
  ])
  expect(mail?.text.replace(/\s+/g, ' ')).toContain(wording)
  expect(JSON.parse(person?.entries[0]?.evidence ?? '')).toEqual({
    ground: 'JOINED_LIST',
    signUp: expect.any(String),
    askedAt: expect.any(String),
    confirmedAt: expect.any(String),
    wordingVersion,
    noticeVersion: '2024-05-15',
  })
})

test('the token is 256 bits, is kept as a hash, and what was typed is gone once confirmed', async () => {
  const typed = joiner.somebody()
  await joiner.signUp(typed)
  const token = confirmationIn(world.catcher).replace(/^.*\/|\?.*$/g, '')

  const waiting = JSON.stringify(await joiner.pending())
  await ask(world.web.address + confirmationIn(world.catcher), { method: 'POST' })

  expect(Buffer.from(token, 'base64url')).toHaveLength(32)
  expect(waiting).toContain(typed.email)
  expect(waiting).not.toContain(token)
  const after = JSON.stringify(await joiner.pending())
  for (const value of [typed.email, typed.lastName]) expect(after).not.toContain(value)
})

test('opening the link, however often, confirms nothing', async () => {
  const typed = joiner.somebody()
  await joiner.signUp(typed)

  const link = world.web.address + confirmationIn(world.catcher)
  const seen = [await ask(link), await ask(`${link}&confirm=1`), await ask(link, { method: 'HEAD' })]

  expect(seen.map(({ status }) => status)).toEqual([200, 200, 200])
  expect(await joiner.knownOf(typed.email)).toEqual([])
})

test('without confirmation nothing is known of anybody after 48 hours, and the link is dead', async () => {
  const typed = joiner.somebody()
  await joiner.signUp(typed)
  const link = world.web.address + confirmationIn(world.catcher)
  world.turn('48h')

  const late = await ask(link, { method: 'POST' })
  const forgotten = await forgetSignUps(world.context.as('worker'), world.context.clock())

  expect(late.status).toBe(410)
  expect(late.text).toContain('Tämä linkki ei enää toimi.')
  expect(forgotten).toBeGreaterThan(0)
  expect(await joiner.pending()).toEqual([])
  expect(await joiner.knownOf(typed.email)).toEqual([])
})

test('a confirmation counts once: pressed again it says the same, and lifts no later no', async () => {
  const typed = joiner.somebody()
  await joiner.signUp(typed)
  const link = world.web.address + confirmationIn(world.catcher)
  const [first] = await Promise.all([1, 2, 3].map(() => ask(link, { method: 'POST' })))
  const [before] = await joiner.knownOf(typed.email)
  await joiner.sayNo(before?.person.id as string)

  const again = await ask(link, { method: 'POST' })

  expect([first?.status, again.status, again.text]).toEqual([200, 200, first?.text])
  const [after, ...others] = await joiner.knownOf(typed.email)
  expect(others).toEqual([])
  expect(after).toMatchObject({ permission: 'prohibition', reason: 'PROHIBITED' })
  expect(after?.entries.filter(({ says }) => says === 'permission')).toHaveLength(1)
})

test('a token that was never given is as dead as an old one', async () => {
  const dead = [`/join/confirm/${'A'.repeat(43)}`, '/join/confirm/x', '/join/confirm/%00']

  const answers = await Promise.all(dead.map((path) => ask(world.web.address + path, { method: 'POST' })))

  expect(answers.map(({ status }) => status)).toEqual([410, 410, 410])
})

test('a confirmed sign-up lifts an earlier opt-out of the person, and of the address when nobody has it', async () => {
  const [person, address] = [joiner.somebody(), joiner.somebody()]
  const id = await joiner.addPerson(person)
  await joiner.sayNo(id)
  await joiner.sayNo(null, address.email)

  for (const typed of [person, address]) await joiner.joined(typed)

  const known = [await joiner.knownOf(person.email), await joiner.knownOf(address.email)]
  expect(known.map((found) => found.map(({ permission, reason }) => ({ permission, reason })))).toEqual([
    [{ permission: 'permission', reason: null }],
    [{ permission: 'permission', reason: null }],
  ])
  // The one we knew keeps their own name and has the permission; nobody was doubled.
  expect(known[0]?.[0]?.person).toMatchObject({ id, firstName: person.firstName })
})

test('a confirmed sign-up lifts the tombstone of an erased person’s address', async () => {
  const typed = joiner.somebody()
  const { db, keys, clock } = world.context
  const at = new Date(clock().getTime() - 1000)
  await db.suppression.createMany({
    data: keys.hashes('email', typed.email).map((addressHash) => ({ addressHash, kind: 'erased', at })),
  })

  await joiner.signUp(typed)
  expect(await joiner.suppressedNow(typed.email)).toBe(true)
  await ask(world.web.address + confirmationIn(world.catcher), { method: 'POST' })

  expect(await joiner.suppressedNow(typed.email)).toBe(false)
  expect(await joiner.knownOf(typed.email)).toMatchObject([{ permission: 'permission', reason: null }])
})

test('a prohibited organisation stays prohibited whoever signs up from it', async () => {
  const typed = joiner.somebody({ organisation: 'kielto oy' })
  await world.context.db.organisation.create({
    data: { register: 'koe', key: 'kielto', name: 'Kielto Oy', prohibitedAt: world.context.clock() },
  })

  await joiner.joined(typed)

  expect(await joiner.knownOf(typed.email)).toMatchObject([
    { organisation: 'Kielto Oy', reason: 'ORGANISATION_PROHIBITED' },
  ])
})

test('of two people with the address the one who signs up by name says yes, for themselves alone', async () => {
  const typed = joiner.somebody()
  const other = await joiner.addPerson({ ...typed, firstName: 'Toinen' })
  const own = await joiner.addPerson(typed)
  await joiner.sayNo(other)
  await joiner.sayNo(own)

  await joiner.joined(typed)

  const known = await joiner.knownOf(typed.email)
  expect(Object.fromEntries(known.map(({ person, permission }) => [person.id, permission]))).toEqual({
    [own]: 'permission',
    [other]: 'prohibition',
  })
})

test('two sign-ups of one address that are confirmed at the same moment make one person', async () => {
  const typed = joiner.somebody()
  const { db, clock } = world.context
  const links: string[] = []
  for (let time = 0; time < 2; time += 1) {
    await joiner.signUp(typed)
    links.push(confirmationIn(world.catcher))
  }
  const [first = '', second = ''] = links

  const other = await inTransaction(db, async (tx) => {
    await confirmSignUp(tx, hashOf(first), clock())
    const waiting = ask(world.web.address + second, { method: 'POST' })
    await until(
      async () =>
        (
          await db.$queryRaw<object[]>(
            sql`select from pg_locks where not granted and database = (select oid from pg_database where datname = current_database())`,
          )
        ).length > 0,
      10_000,
    )
    return { waiting }
  })

  expect((await other.waiting).status).toBe(200)
  const [person, ...others] = await joiner.knownOf(typed.email)
  expect(others).toEqual([])
  expect(person?.entries).toHaveLength(2)
})

/** How the register knows the token of a confirmation link. */
function hashOf(link: string): string {
  return createHash('sha256')
    .update(link.replace(/^.*\/|\?.*$/g, ''))
    .digest('hex')
}
