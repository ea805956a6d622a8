// The sign-up form: it answers everybody alike, keeps bots out, and says kindly when it cannot work.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { permissionWording } from '../../src/http/join/wording.ts'
import { ask, type JoinWorld, openJoinWorld, stampIn } from './join-world.ts'
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

test('the answer is the same for a known, a suppressed, a new, a refused, a function’s and a private address', async () => {
  const known = joiner.somebody()
  await joiner.addPerson(known)
  const suppressed = joiner.somebody()
  await joiner.sayNo(null, suppressed.email)
  const addresses = [
    known.email,
    suppressed.email,
    joiner.somebody().email,
    `refused@talo.example`,
    'info@talo.example',
    'joku@gmail.com',
  ]

  const answers = []
  for (const email of addresses) answers.push(await joiner.signUp(joiner.somebody({ email })))

  const said = answers.map(({ status, location, text }) => ({ status, location, text }))
  expect(new Set(said.map((one) => JSON.stringify(one))).size).toBe(1)
  expect(said[0]).toMatchObject({ status: 303, location: 'join/sent?lang=fi' })
  const stored = JSON.stringify(await joiner.pending())
  for (const email of addresses.slice(3)) expect(stored).not.toContain(email)
  for (const email of addresses.slice(4)) {
    const [mail] = world.catcher.mails.filter(({ to }) => to === email)
    expect(mail?.text).toContain('henkilön omaan työosoitteeseen')
  }
})

test('nothing that was typed stands in a mail but the address it goes to', async () => {
  const typed = joiner.somebody({ firstName: 'Zvonimir', lastName: 'Kekkerinen', organisation: 'Zorbas Ky' })

  await joiner.signUp(typed)

  const mail = JSON.stringify(world.catcher.mails.at(-1))
  for (const value of ['Zvonimir', 'Kekkerinen', 'Zorbas']) expect(mail).not.toContain(value)
})

test.each([
  ['fills in the field that nobody sees', { homepage: 'https://spam.example' }, 303],
  ['answers faster than anybody can', { stamp: 'fresh' }, 422],
  ['makes the stamp up', { stamp: 'lxyz.k1:abc' }, 422],
  ['sends no stamp', { stamp: '' }, 422],
  ['puts a link into the name', { firstName: 'Voita https://spam.example' }, 422],
  ['puts a placeholder of a tool into the name', { lastName: '*|EMAIL|*' }, 422],
  ['sends two addresses', { email: 'a@talo.example, b@talo.example' }, 422],
  ['sends a header in the address', { email: 'a@talo.example\r\nBcc: b@talo.example' }, 422],
] as [string, Record<string, string>, number][])(
  'what a bot sends that %s leaves no trace',
  async (_what, differs, status) => {
    const before = [await joiner.pending(), world.catcher.mails.length]
    const fresh = stampIn((await ask(`${world.web.address}/join`)).text)

    const answer = await joiner.signUp(joiner.somebody(), differs['stamp'] === 'fresh' ? { stamp: fresh } : differs)

    expect(answer.status).toBe(status)
    expect([await joiner.pending(), world.catcher.mails.length]).toEqual(before)
  },
)

test('a form that was open for a day is shown again with what was typed, and works then', async () => {
  const typed = joiner.somebody()
  const old = stampIn((await ask(`${world.web.address}/join`)).text)
  world.turn('25h')

  const again = await joiner.signUp(typed, { stamp: old })
  world.turn('3s')
  const sent = await joiner.signUp(typed, { stamp: stampIn(again.text) })

  expect([again.status, sent.status]).toEqual([422, 303])
  expect(again.text).toContain('Tilaus ei lähtenyt vielä.')
  expect(again.text).toContain(`value="${typed.email}"`)
})

test('a mistake is told at its field, in words, and what was typed stays', async () => {
  const { text, status } = await joiner.signUp(joiner.somebody({ firstName: '', email: '"><script>alert(1)</script>' }))

  expect(status).toBe(422)
  expect(text).toContain('<title>Korjaa tiedot: Tilaa uutiskirjeemme')
  expect(text).toContain('Kirjoita etunimesi.')
  expect(text).toContain('Kirjoita yksi sähköpostiosoite')
  expect(text).toContain('aria-describedby="email-wrong"')
  expect(text).not.toContain('<script')
})

test('an address is mailed three times a day at most, and the answer does not change', async () => {
  const typed = joiner.somebody()
  const before = world.catcher.mails.length

  const answers = []
  for (let time = 0; time < 5; time += 1) answers.push(await joiner.signUp(typed))

  expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 303, 303])
  expect(world.catcher.mails.length - before).toBe(3)
  world.turn('24h')
  await joiner.signUp(typed)
  expect(world.catcher.mails.length - before).toBe(4)
})

test('a client signs up thirty times an hour at most', async () => {
  world.turn('2h')
  const statuses: number[] = []

  for (let time = 0; time < 32; time += 1) statuses.push((await joiner.signUp(joiner.somebody())).status)

  expect(statuses).toEqual([...Array(30).fill(303), 429, 429])
  world.turn('61m')
  expect((await joiner.signUp(joiner.somebody())).status).toBe(303)
})

test('while the mail server does not answer the page says so, and nothing stays stored', async () => {
  const other = await world.withConfig({ smtpUrl: 'smtp://127.0.0.1:1' })
  const before = await joiner.pending()

  const answer = await joiner.signUp(joiner.somebody(), {}, other.web.address)
  await other.close()

  expect(answer.status).toBe(503)
  expect(answer.text).toContain('mailto:erja@konsultti.example')
  expect(await joiner.pending()).toEqual(before)
})

test.each([
  ['a mail server', { smtpUrl: null }],
  ['a public address', { publicUrl: null }],
])('without %s sign-up works by writing to the responsible person, and nothing is stored', async (_what, settings) => {
  const other = await world.withConfig(settings)
  const before = await joiner.pending()

  const answers = [
    await ask(`${other.web.address}/join`),
    await joiner.signUp(joiner.somebody(), {}, other.web.address),
  ]
  const english = await ask(`${other.web.address}/join?lang=en`)
  await other.close()

  expect(answers.map(({ status }) => status)).toEqual([200, 200])
  for (const { text } of answers) expect(text).toContain('mailto:erja@konsultti.example?subject=Uutiskirjeen%20tilaus')
  expect(english.text).toContain('Get our newsletter by writing to us')
  expect(await joiner.pending()).toEqual(before)
})

test('the form names the notice and its version, and the mail is in the language of the form', async () => {
  const page = await ask(`${world.web.address}/join?lang=en`)

  await joiner.signUp(joiner.somebody(), {}, world.web.address, '?lang=en')

  expect(page.text).toContain('href="https://konsultti.example/tietosuojaseloste"')
  expect(page.text).toContain('(2024-05-15)')
  expect(page.text).toContain(permissionWording('Esimerkki Consulting Oy', 'en'))
  expect(world.catcher.mails.at(-1)).toMatchObject({ subject: 'Confirm your newsletter sign-up' })
})
