// The opt-out page: a click on the button, or a mail program's one-click, says no for ever; looking at it says nothing.
// The server of these tests reaches neither the queue nor the tool.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openContext } from '../../src/context.ts'
import { answersAfterMs } from '../../src/http/opt-out/opt-out-routes.ts'
import { startWeb } from '../../src/http/server.ts'
import { until } from '../../src/operator/run-workers.ts'
import { campaignById } from '../../src/register/campaigns.ts'
import { inTransaction, sql } from '../../src/register/database.ts'
import { presentReason } from '../../src/register/people.ts'
import { permit } from '../../src/register/permissions.ts'
import { type Mailed, type MailedWorld, openMailedWorld } from './mailed-world.ts'

let mailed: MailedWorld
beforeAll(async () => {
  mailed = await openMailedWorld(24)
})
afterAll(async () => {
  await mailed?.close()
})

test('looking at the link changes nothing, however often and by whatever program', async () => {
  const person = mailed.next()
  const before = await traces(person)

  const seen = await Promise.all([
    get(person.link),
    get(`${person.link}?lang=en`),
    get(`${person.link}?confirm=1&mistake=1&List-Unsubscribe=One-Click`),
    get(person.link, { method: 'HEAD' }),
    get(person.link, { method: 'OPTIONS' }),
  ])

  expect(seen.map(({ status }) => status)).toEqual([200, 200, 200, 200, 404])
  expect(await traces(person)).toEqual(before)
  expect(before).toMatchObject({ permission: 'permission', feedback: [] })
})

test('the button says no at once, in one transaction, while queue and tool are out of reach', async () => {
  const person = mailed.next()

  const answer = await post(person.link, new URLSearchParams({ confirm: '1' }))

  expect(answer).toMatchObject({ status: 200, redirected: false, cookie: null })
  expect(answer.text).toContain('Selvä. Et saa enää uutiskirjeitä.')
  expect(await traces(person)).toEqual({
    permission: 'prohibition',
    reason: 'PROHIBITED',
    entries: [{ says: 'prohibition', channel: 'opt-out-page', actor: 'recipient', campaignId: mailed.campaign.id }],
    feedback: [{ kind: 'opted-out', source: 'opt-out-page', effect: 'prohibited' }],
    suppressed: 1,
    audited: ['person-prohibited'],
    outbox: 1,
    reviews: [],
  })
})

test.each([
  ['urlencoded', () => new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })],
  ['multipart', () => formData({ 'List-Unsubscribe': 'One-Click' })],
  ['an unknown encoding', () => new Blob(['List-Unsubscribe=One-Click'], { type: 'application/x-mail-program' })],
  ['broken JSON', () => new Blob(['{'], { type: 'application/json' })],
  ['nothing', () => null],
])('one-click (RFC 8058) says no at once: a body of %s, no cookie, no redirect', async (_name, body) => {
  const person = mailed.next()

  const answer = await post(person.link, body())

  expect(answer).toMatchObject({ status: 200, redirected: false, cookie: null })
  expect(await traces(person)).toMatchObject({ permission: 'prohibition', suppressed: 1 })
})

test('saying it again and again is harmless and leaves no further trace', async () => {
  const person = mailed.next()
  await post(person.link)
  const once = await traces(person)

  const again = await Promise.all(Array.from({ length: 5 }, () => post(person.link)))

  expect(again.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  expect(await traces(person)).toEqual(once)
})

test('a no after a later documented yes is a new no, of the person and not of the address alone', async () => {
  const person = mailed.next()
  const { db, clock } = mailed.world.context
  await post(person.link)
  const said = { personId: person.id, at: clock(), channel: 'form', actor: 'test', source: 'lomake' } as const
  await permit(db, { ...said, wording: null, evidence: 'lomake', onceKey: `yes|${person.id}` })
  expect(await traces(person)).toMatchObject({ permission: 'permission', reason: null })

  await post(person.link)

  const after = await traces(person)
  expect(after).toMatchObject({ permission: 'prohibition', reason: 'PROHIBITED' })
  expect(after.feedback).toHaveLength(2)
})

test('a link that names nobody looks the same, in words and in time, and does nothing', async () => {
  const person = mailed.next()
  const [, , campaign] = person.link.split('/')
  const strangers = ['/o/ffffffffff/0123456789', `/o/${campaign}/0123456789`, '/o/*%7CCAMPAIGN_UID%7C*/*%7CUNIQID%7C*']
  const everything = await counts()

  const [known, ...unknown] = await Promise.all([person.link, ...strangers].map((link) => get(link)))
  const said = []
  for (const link of strangers) said.push(await timed(() => post(link)))
  expect(await counts()).toEqual(everything)
  const real = await timed(() => post(person.link))

  for (const page of unknown) expect(wordsOf(page)).toEqual(wordsOf(known as Page))
  for (const page of said) expect(wordsOf(page)).toEqual(wordsOf(real))
  for (const { ms } of [...said, real]) expect(ms).toBeGreaterThanOrEqual(answersAfterMs - 5)
})

test('a client that posts too many unknown links is refused those, and a known one never', async () => {
  const person = mailed.next()

  const statuses: number[] = []
  for (let tried = 0; tried < 8; tried += 1) {
    const guesses = await Promise.all([1, 2, 3, 4].map((one) => post(`/o/arvaus/${tried}${one}`)))
    statuses.push(...guesses.map(({ status }) => status))
  }
  const refused = await post('/o/arvaus/viela')
  const known = await post(person.link)

  expect(new Set(statuses)).toEqual(new Set([200, 429]))
  expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(20)
  expect(refused).toMatchObject({ status: 429, redirected: false })
  expect(refused.text).toContain('mailto:erja@konsultti.example')
  expect(known.status).toBe(200)
  expect(await traces(person)).toMatchObject({ permission: 'prohibition' })
  await mailed.world.turn('11m')
  expect((await post('/o/arvaus/viela')).status).toBe(200)
})

test('a second wrong id for a campaign under way is an alarm; the first, the same again, or one of no campaign is none', async () => {
  const campaign = mailed.campaign.toolCampaignId
  const alarms = () => mailed.lines.filter(({ msg }) => /guessed/.test(String(msg)))
  mailed.lines.length = 0
  await post(`/o/${campaign}/0123456789`)
  await post('/o/tuntematon/toinen')
  expect(alarms()).toEqual([])

  await post(`/o/${campaign}/toinen`)

  expect(alarms()).toMatchObject([{ level: 50, campaignId: mailed.campaign.id, unknownLinks: 2 }])
  expect((await get('/metrics')).text).toContain('lupa_unknown_opt_out_links_total{event="alarm"} 1\n')
})

test('"this was a mistake" is written down for a person to look at, once, and permits nothing', async () => {
  const person = mailed.next()
  const done = await post(person.link)
  expect(done.text).toContain('Tämä oli vahinko')

  const answers = [
    await post(person.link, new URLSearchParams({ mistake: '1' })),
    await post(person.link, new URLSearchParams({ mistake: '1' })),
  ]

  expect(answers.map(({ status }) => status)).toEqual([200, 200])
  expect(answers[0]?.text).toContain('Kielto pysyy silti voimassa')
  expect(await traces(person)).toMatchObject({
    permission: 'prohibition',
    reason: 'PROHIBITED',
    reviews: [{ code: 'OPT_OUT_BY_MISTAKE', place: 'opt-out page' }],
  })
})

test('"this was a mistake" alone says neither no nor yes', async () => {
  const person = mailed.next()

  await post(person.link, new URLSearchParams({ mistake: '1' }))

  expect(await traces(person)).toMatchObject({
    permission: 'permission',
    feedback: [],
    reviews: [{ code: 'OPT_OUT_BY_MISTAKE' }],
  })
})

test.each([
  [undefined, '', 'fi', 'Et halua enää uutiskirjeitämme?'],
  ['en-GB,en;q=0.9,fi;q=0.8', '', 'en', 'No more newsletters from us?'],
  ['sv-SE, fi;q=0.3, en;q=0.7', '', 'en', 'No more newsletters from us?'],
  ['sv-SE', '', 'fi', 'Et halua enää uutiskirjeitämme?'],
  ['en', '?lang=fi', 'fi', 'Et halua enää uutiskirjeitämme?'],
])('a browser that prefers %s, with %s in the link, gets %s', async (accepts, query, language, question) => {
  const { link } = mailed.next()

  const { text } = await get(`${link}${query}`, { headers: accepts ? { 'accept-language': accepts } : {} })

  expect(text).toContain(`<html lang="${language}">`)
  expect(text).toContain(`<h1>${question}</h1>`)
  // The other language is a link that keeps the path.
  expect(text).toContain(`href="?lang=${language === 'fi' ? 'en' : 'fi'}"`)
})

test('every page forbids what it does not need', async () => {
  const { link } = mailed.next()

  const pages = [await get(link), await post(link), await post('/o/ei/kukaan')]

  for (const { headers, text } of pages) {
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy.replace(/'sha256-[^']+'/, 'HASH')).toBe(
      "default-src 'none'; style-src HASH; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    )
    expect(Object.fromEntries(headers)).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex, nofollow',
      'x-content-type-options': 'nosniff',
      'content-type': 'text/html; charset=utf-8',
    })
    expect(text).not.toMatch(/<script|https?:\/\/|@import|url\(/)
  }
})

test('while the database does not answer the page says so, with an address to write to, and nothing is lost in silence', async () => {
  const { link } = mailed.next()
  const { config, clock, log } = mailed.world.context
  const roleUrls = { ...config.database.roleUrls, web: 'postgresql://lupa_web:x@127.0.0.1:1/lupa' }
  const context = await openContext({ ...config, port: 0, database: { ...config.database, roleUrls } }, { clock, log })
  const web = await startWeb(context)

  const [asked, said] = [await fetch(web.address + link), await fetch(web.address + link, { method: 'POST' })]
  const [question, failed] = [await asked.text(), await said.text()]
  await web.close()
  await context.close()

  expect([asked.status, said.status, said.headers.get('retry-after')]).toEqual([200, 503, '60'])
  expect(question).toContain('Et halua enää uutiskirjeitämme?')
  expect(failed).toContain('Emme saaneet tätä kirjattua.')
  // The mail's subject names the two ids, so that it can be written down by hand.
  expect(failed).toContain(`mailto:erja@konsultti.example?subject=Kielto%20${link.split('/').slice(2).join('%20')}`)
  expect(failed).toContain('<button name="confirm"')
})

test('a link works after the withdrawal, after the audience is gone, and after the person has been erased', async () => {
  const [late, erased] = [mailed.next(), mailed.next()]
  const { world, campaign } = mailed
  const { db } = world.context
  await world.turn('73h')
  await world.reached(campaign, 'closed')
  await world.turn('8d')
  await until(async () => (await campaignById(db, campaign.id)).shell === 'deleted', 30_000)
  await inTransaction(db, async (tx) => {
    await tx.$executeRaw(sql`select set_config('lupa.removing_people', 'on', true)`)
    await tx.person.delete({ where: { id: erased.id } })
  })

  const answers = [await post(late.link), await post(erased.link)]

  expect(answers.map(({ status }) => status)).toEqual([200, 200])
  expect(wordsOf(answers[0] as Page)).toEqual(wordsOf(answers[1] as Page))
  expect(await traces(late)).toMatchObject({ permission: 'prohibition', reason: 'PROHIBITED' })
  expect(await traces(erased)).toMatchObject({ permission: null, suppressed: 1, outbox: 1 })
})

type Page = { status: number; redirected: boolean; cookie: string | null; headers: Headers; text: string }

async function get(link: string, options: RequestInit = {}): Promise<Page> {
  const answer = await fetch(mailed.web.address + link, { redirect: 'manual', ...options })
  return {
    status: answer.status,
    redirected: answer.status >= 300 && answer.status < 400,
    cookie: answer.headers.get('set-cookie'),
    headers: answer.headers,
    text: await answer.text(),
  }
}

const post = (link: string, body: RequestInit['body'] = new URLSearchParams({ confirm: '1' })) =>
  get(link, { method: 'POST', body: body ?? null })

async function timed(act: () => Promise<Page>): Promise<Page & { ms: number }> {
  const since = performance.now()
  const page = await act()
  return { ...page, ms: performance.now() - since }
}

function formData(fields: Record<string, string>): FormData {
  const data = new FormData()
  for (const [name, value] of Object.entries(fields)) data.set(name, value)
  return data
}

/** A page without what is about its time and the link's own two ids. */
function wordsOf({ status, headers, text }: Page) {
  const { date, 'content-length': _, ...same } = Object.fromEntries(headers)
  return { status, same, text: text.replace(/klo \d+\.\d+|subject=[^"]*/g, '') }
}

/** Everything a person's no leaves in the register. */
async function traces({ id, email }: Mailed) {
  const { db, keys, clock } = mailed.world.context
  const hashes = keys.hashes('email', email)
  const person = await db.person.findUnique({ where: { id } })
  const entries = await db.permissionEntry.findMany({ where: { personId: id, channel: 'opt-out-page' } })
  const feedback = await db.feedback.findMany({ where: { addressHash: { in: hashes } } })
  const audit = await db.audit.findMany({ where: { subject: id, action: 'person-prohibited' } })
  const reviews = await db.reviewItem.findMany({ where: { personId: id } })
  const [outbox] = await db.$queryRaw<{ lines: bigint }[]>(
    sql`select count(*) as lines from ledger_outbox where entry -> 'addresses' ? ${hashes[0]}`,
  )
  return {
    permission: person?.permission ?? null,
    reason: person && (await presentReason(db, id, clock())),
    entries: entries.map(({ says, channel, actor, campaignId }) => ({ says, channel, actor, campaignId })),
    feedback: feedback.map(({ kind, source, effect }) => ({ kind, source, effect })),
    suppressed: await db.suppression.count({ where: { addressHash: { in: hashes }, liftedAt: null } }),
    audited: audit.map(({ action }) => action),
    outbox: Number(outbox?.lines),
    reviews: reviews.map(({ code, place }) => ({ code, place })),
  }
}

async function counts() {
  const { db } = mailed.world.context
  return {
    feedback: await db.feedback.count(),
    suppressions: await db.suppression.count(),
    entries: await db.permissionEntry.count(),
    reviews: await db.reviewItem.count(),
  }
}
