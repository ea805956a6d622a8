// Whoever asks about their data has an answer within a calendar month of Helsinki (R-55, GDPR Art. 12).
import { afterAll, beforeAll, expect, test } from 'vitest'
import { BadInput, NotAllowed } from '../../src/domain/errors.ts'
import type { RequestKind } from '../../src/domain/request.ts'
import { sql } from '../../src/register/database.ts'
import {
  answerRequest,
  closeRequest,
  extendRequest,
  identifyRequest,
  listRequests,
  markReminded,
  openRequest,
  refuseRequest,
  requestsToRemind,
} from '../../src/register/requests.ts'
import { reminder } from '../../workers/remind-requests.ts'
import { emptyRegister, now, type TestRegister } from '../support/register.ts'

let register: TestRegister
beforeAll(async () => {
  register = await emptyRegister()
})
afterAll(() => register.close())

const day = 86_400_000
const by = { actor: 'operator', at: now }
const on = (at: string) => ({ actor: 'operator', at: new Date(at) })
let people = 0

async function somebody(): Promise<string> {
  people += 1
  const key = `p${people}`
  const data = { register: 'koe', key, firstName: 'Aino', lastName: 'Aho', keptFrom: now }
  return (await register.db.person.create({ data })).id
}

async function asked(kind: RequestKind, receivedAt: Date, personId: string | null = null) {
  return openRequest(register.db, { personId, kind, channel: 'mail', receivedAt, notes: 'Aino Ahon viesti' }, by)
}

test('a month is one of Helsinki’s calendar and ends with its last day, in winter and summer time; extended, three', async () => {
  const due = async (at: string, extended = false) => {
    const [row] = await register.db.$queryRaw<{ due: Date }[]>(
      sql`select request_due(${new Date(at)}::timestamptz, ${extended}) as due`,
    )
    return row?.due.toISOString()
  }

  expect(await due('2026-01-31T10:00:00Z')).toBe('2026-02-28T22:00:00.000Z')
  expect(await due('2028-01-31T10:00:00Z')).toBe('2028-02-29T22:00:00.000Z')
  // 00.30 on the 1st in Helsinki is still the last day of the month before in UTC.
  expect(await due('2026-05-31T21:30:00Z')).toBe('2026-07-01T21:00:00.000Z')
  expect(await due('2026-03-05T10:00:00Z')).toBe('2026-04-05T21:00:00.000Z')
  expect(await due('2026-09-30T10:00:00Z')).toBe('2026-10-30T22:00:00.000Z')
  expect(await due('2026-11-30T10:00:00Z', true)).toBe('2027-02-28T22:00:00.000Z')
})

test('nobody is answered before it is known who asks', async () => {
  const { id } = await asked('access', now)

  await expect(answerRequest(register.db, id, by)).rejects.toThrow(NotAllowed)
  await expect(identifyRequest(register.db, id, { how: 'called-back', personId: null }, by)).rejects.toThrow(BadInput)
  const personId = await somebody()
  await identifyRequest(register.db, id, { how: 'called-back', personId }, by)
  const answered = await answerRequest(register.db, id, by)

  expect(answered).toMatchObject({ personId, identifiedBy: 'called-back', outcome: 'answered', overdue: false })
  await expect(answerRequest(register.db, id, by)).rejects.toThrow(NotAllowed)
  const audit = await register.db.audit.findMany({ where: { facts: { path: ['request'], equals: Number(id) } } })
  expect(audit.map(({ action }) => action)).toEqual(['request-opened', 'request-identified', 'request-answered'])
})

test('an objection holds at once, before anybody is identified, and can never be refused', async () => {
  const personId = await somebody()
  const { id } = await asked('objection', new Date(now.getTime() - day), personId)

  const person = await register.db.person.findUniqueOrThrow({ where: { id: personId } })
  const refusal = { because: 'excessive' as const, text: 'liikaa', complaintTold: true }

  expect(person.permission).toBe('prohibition')
  expect(person.permissionAt).toEqual(new Date(now.getTime() - day))
  await expect(refuseRequest(register.db, id, refusal, by)).rejects.toThrow(NotAllowed)
  expect(await answerRequest(register.db, id, by)).toMatchObject({ outcome: 'answered' })
})

test('an extension is told within the month and only once', async () => {
  const first = await asked('access', new Date('2026-10-05T08:00:00Z'))
  const late = await asked('access', new Date('2026-10-05T08:00:00Z'))

  const extended = await extendRequest(register.db, first.id, 'complex', on('2026-11-05T21:59:00Z'))

  expect(extended.due.toISOString()).toBe('2027-01-05T22:00:00.000Z')
  await expect(extendRequest(register.db, first.id, 'complex', on('2026-11-06T08:00:00Z'))).rejects.toThrow(NotAllowed)
  await expect(extendRequest(register.db, late.id, 'complex', on('2026-11-05T22:00:00Z'))).rejects.toThrow(NotAllowed)
})

test('a refusal says why and where to complain, and the database holds to it', async () => {
  const { id } = await asked('erasure', now, await somebody())
  const refuse = (text: string, complaintTold: boolean) =>
    refuseRequest(register.db, id, { because: 'obliged-to-keep', text, complaintTold }, by)

  await expect(refuse('', true)).rejects.toThrow(BadInput)
  await expect(refuse('kirjanpitolaki', false)).rejects.toThrow(NotAllowed)
  await expect(
    register.db.$executeRaw(
      sql`update request set closed_at = now(), outcome = 'refused', refused_because = 'excessive' where id = ${BigInt(id)}`,
    ),
  ).rejects.toThrow()
  expect(await refuse('kirjanpitolaki', true)).toMatchObject({
    outcome: 'refused',
    refusedBecause: 'obliged-to-keep',
    notes: 'kirjanpitolaki',
  })
})

test('once the person is erased the request stays as evidence, and says nothing of them', async () => {
  const personId = await somebody()
  const { id } = await asked('erasure', now, personId)
  await identifyRequest(register.db, id, { how: 'known-address', personId: null }, by)
  await register.db.$executeRaw(
    sql`select erase_person(${personId}::uuid, ${now}::timestamptz, 'operator', 'request', '{}', '{}', false)`,
  )

  const left = await register.db.request.findUniqueOrThrow({ where: { id: BigInt(id) } })
  const closed = await answerRequest(register.db, id, by)

  expect([left.notes, left.personId]).toEqual([null, null])
  expect(closed).toMatchObject({ personId: null, name: null, notes: null, kind: 'erasure', outcome: 'answered' })
})

test('the most urgent stand first, and reminders begin a week before the end, once a day, naming nobody', async () => {
  for (const open of await listRequests(register.db, now)) await closeRequest(register.db, open.id, 'withdrawn', by)
  const soon = await asked('access', new Date('2026-10-25T08:00:00Z'), await somebody())
  const over = await asked('portability', new Date('2026-10-01T08:00:00Z'), await somebody())
  const later = await asked('correction', now, await somebody())

  const listed = await listRequests(register.db, now)
  const first = await requestsToRemind(register.db, now)
  await markReminded(register.db, [soon.id, over.id], now)
  const again = await requestsToRemind(register.db, new Date(now.getTime() + day - 1))
  const nextDay = await requestsToRemind(register.db, new Date(now.getTime() + day))
  const mail = reminder({ language: 'fi' }, first)

  expect(listed.map(({ id, overdue }) => [id, overdue])).toEqual([
    [over.id, true],
    [soon.id, false],
    [later.id, false],
  ])
  expect(first.map(({ id }) => id)).toEqual([over.id, soon.id])
  expect(again).toEqual([])
  expect(nextDay.map(({ id }) => id)).toEqual([over.id, soon.id])
  expect(mail.text).toMatch(new RegExp(`${over.id} {2}siirto {2}MYÖHÄSSÄ, viimeinen päivä oli 1\\.11\\.2026`))
  expect(mail.text).toMatch(new RegExp(`${soon.id} {2}tietojen näyttäminen {2}viimeistään 25\\.11\\.2026`))
  expect(mail.text).not.toMatch(/Aino|Aho/)
})
