// Who gets into the console, and who does not.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { totpCode, totpCodeAt } from '../../src/http/console/totp.ts'
import { addAccount, mostFailures, newCode, resetAccount } from '../../src/register/accounts.ts'
import { sql } from '../../src/register/database.ts'
import { openWorld, type World } from '../support/world.ts'
import { csrfIn, enrolled, password, visitor } from './console-visitor.ts'

let world: World
let address: string
beforeAll(async () => {
  world = await openWorld({ working: false, web: true })
  address = world.context.config.publicUrl as string
})
afterAll(() => world?.close())

const now = () => world.context.clock()

test('one-time codes are those of RFC 6238', () => {
  // The RFC's secret, 12345678901234567890, in base32; of its eight digits an app shows the last six.
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

  expect([59, 1111111109, 1111111111, 1234567890, 2000000000].map((s) => totpCode(secret, Math.floor(s / 30)))).toEqual(
    ['287082', '081804', '050471', '005924', '279037'],
  )
})

test('nobody sees a page without a session, and every page says so the same way', async () => {
  const client = visitor(address)

  const [page, session] = [await client.get('/console'), await visitor(address).get('/console', { cookie: 'lupa=x' })]

  expect([page.status, page.headers.get('location')]).toEqual([303, '/console/login'])
  expect([session.status, session.headers.get('location')]).toEqual([303, '/console/login'])
})

test('name, password and a code that was not used before come in; anything less does not', async () => {
  const { secret, recovery } = await enrolled(world, 'aino')
  await world.turn('2m')
  const right = { name: 'Aino ', password, code: totpCodeAt(secret, now()) }

  const answers: Record<string, number> = {}
  const attempt = async (what: string, body: Record<string, string>) => {
    answers[what] = (await visitor(address).post('/console/login', body)).status
  }
  await attempt('wrong password', { ...right, password: 'koivu kasvaa nopeasti' })
  await attempt('no such account', { ...right, name: 'eino' })
  await attempt('wrong code', { ...right, code: '000000' })
  await attempt('no code', { ...right, code: '' })
  await attempt('right', right)
  await attempt('the same code again', right)
  await attempt('a recovery code', { ...right, code: (recovery[0] as string).toUpperCase() })
  await attempt('that recovery code again', { ...right, code: recovery[0] as string })

  expect(recovery).toHaveLength(10)
  expect(answers).toEqual({
    ...{ 'wrong password': 401, 'no such account': 401, 'wrong code': 401, 'no code': 401, right: 303 },
    ...{ 'the same code again': 401, 'a recovery code': 303, 'that recovery code again': 401 },
  })
})

test('after ten wrong tries the account waits a quarter of an hour, even for who knows everything', async () => {
  const { secret } = await enrolled(world, 'tuuli')
  const wrong = () => visitor(address).post('/console/login', { name: 'tuuli', password: 'arvaus arvaus', code: '1' })
  const right = () =>
    visitor(address).post('/console/login', { name: 'tuuli', password, code: totpCodeAt(secret, now()) })

  // Many at once are counted too.
  const tries = await Promise.all(Array.from({ length: mostFailures + 2 }, wrong))
  const held = (await right()).status
  await world.turn('16m')
  const later = (await right()).status

  expect(tries.filter(({ status }) => status === 401)).toHaveLength(mostFailures)
  expect([held, later]).toEqual([429, 303])
})

test('a first code works once and for a day, and a reset takes everything away', async () => {
  const { db, keys } = world.context
  const { code } = await addAccount(db, keys, { name: 'veikko', role: 'viewer' }, { actor: 'test', at: now() })
  const use = async (one: string) => (await visitor(address).post('/console/first', { code: one })).status
  const uses = [await use('abcde-fghjk-mnpqr-stuvw'), await use(code.replaceAll('-', ' ')), await use(code)]
  const late = await resetAccount(db, keys, 'veikko', { actor: 'test', at: now() })
  await world.turn('25h')
  const { client, secret } = await enrolled(world, 'ilona')
  const before = (await client.get('/console')).status
  await resetAccount(db, keys, 'ilona', { actor: 'test', at: now() })
  const after = (await client.get('/console')).status
  await world.turn('2m')
  const old = { name: 'ilona', password, code: totpCodeAt(secret, now()) }

  expect(uses).toEqual([401, 303, 401])
  expect(await use(late)).toBe(401)
  expect([before, after, (await visitor(address).post('/console/login', old)).status]).toEqual([200, 303, 401])
})

test('a session ends when its person leaves, and by itself after two hours without a page', async () => {
  const { client } = await enrolled(world, 'sulo')
  const { client: other } = await enrolled(world, 'helka')
  const csrf = await csrfIn(await client.get('/console'))
  const stolen = client.cookie()
  await client.post('/console/leave', { csrf })
  const left = (await visitor(address).get('/console', { cookie: stolen })).status
  await world.turn('1h')
  const busy = (await other.get('/console')).status
  await world.turn('119m')
  const still = (await other.get('/console')).status
  await world.turn('121m')

  expect([left, busy, still, (await other.get('/console')).status]).toEqual([303, 200, 200, 303])
})

test('another site can neither frame, read nor post anything', async () => {
  const { client } = await enrolled(world, 'martta')
  const page = await client.get('/console')
  const csrf = await csrfIn(page)

  const foreign = [
    await client.post('/console/leave', { csrf }, { 'sec-fetch-site': 'cross-site' }),
    await client.post('/console/leave', { csrf }, { origin: 'https://muu.example' }),
    await visitor(address).post('/console/login', {}, { 'sec-fetch-site': 'same-site' }),
  ]
  await client.post('/console/first', { code: 'x' })

  expect(foreign.map(({ status }) => status)).toEqual([403, 403, 403])
  expect((await client.get('/console')).status).toBe(200)
  expect(Object.fromEntries(page.headers)).toMatchObject({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringMatching(/^default-src 'none'; .*frame-ancestors 'none'; base-uri 'none'$/),
    'cross-origin-opener-policy': 'same-origin',
  })
})

test('the cookie is out of reach of scripts and other sites, and outside of this machine of plain http', async () => {
  const { db, keys } = world.context
  const cookieFor = async (host: string) => {
    const { id } = await db.account.findUniqueOrThrow({ where: { name: 'martta' } })
    const code = await newCode(db, keys, id, now(), { enters: true })
    const { port } = new URL(address)
    const { request } = await import('node:http')
    return new Promise<string[]>((resolve, reject) => {
      const headers = { host, 'content-type': 'application/x-www-form-urlencoded' }
      const asked = request({ port, host: '127.0.0.1', path: '/console/first', method: 'POST', headers }, (answer) => {
        answer.resume()
        resolve(answer.headers['set-cookie'] ?? [])
      })
      asked.on('error', reject).end(new URLSearchParams({ code }).toString())
    })
  }

  expect(await cookieFor('127.0.0.1')).toEqual([
    expect.stringMatching(/^lupa=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/),
  ])
  expect(await cookieFor('uutiset.konsultti.example')).toEqual([
    expect.stringMatching(/^__Host-lupa=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Secure$/),
  ])
})

test('the login page’s role makes no account and gives nobody a role, and no secret is kept in the clear', async () => {
  const { secret, recovery, client } = await enrolled(world, 'kerttu')
  const web = world.context.as('web')
  const wishes = [
    sql`insert into account (name, role, created_at) values ('vieras', 'owner', now())`,
    sql`update account set role = 'owner'`,
    sql`insert into account_code (hash, account_id, expires_at) select 'x', id, now() from account`,
    sql`delete from account`,
  ]

  for (const wish of wishes) await expect(web.$executeRaw(wish)).rejects.toThrow(/permission denied/)
  const kept = JSON.stringify(
    await world.context.db.$queryRaw(sql`
      select to_jsonb(a) as row from account a union all select to_jsonb(s) from console_session s union all select to_jsonb(c) from account_code c`),
  )
  for (const said of [
    secret,
    password,
    client.cookie().slice(5),
    ...recovery,
    ...recovery.map((one) => one.replace('-', '')),
  ])
    expect(kept).not.toContain(said)
  expect(kept).toContain('$argon2id$v=19$m=19456,t=2,p=1$')
})
