// A restore: what was backed up and nothing else, refused when anything in the file is not as it was made, and never a way back for
// who said no or was erased.

import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { writeBackup } from '../../src/backup/backup-file.ts'
import { restoreBackup } from '../../src/backup/restore-backup.ts'
import { approve } from '../../src/domain/campaign.ts'
import { openKeyRing } from '../../src/ledger/key-ring.ts'
import { openOutsideLedger } from '../../src/ledger/outside-ledger.ts'
import { type CampaignPlan, campaignById, draftCampaign, record } from '../../src/register/campaigns.ts'
import { erasePerson } from '../../src/register/erasure.ts'
import { writeLedger } from '../../src/register/ledger-outbox.ts'
import { prohibit } from '../../src/register/permissions.ts'
import { selectRecipients } from '../../src/register/selection.ts'
import { databaseName } from '../../src/register/server-databases.ts'
import {
  at,
  backedUp,
  database,
  databasesLike,
  importSample,
  inContext,
  onDatabase,
  withSampleRegister,
} from './sample-register.ts'

withSampleRegister()

test('what is restored is what was backed up, row for row, number for number, rule for rule', async () => {
  const { file } = await backedUp('export')
  const before = await everything()
  await onDatabase((client) =>
    client.query(
      `set lupa.removing_people = on; delete from activity; delete from review_item; update organisation set name = 'toinen'`,
    ),
  )

  await restored(file)

  const { audit, ledger_position: _position, ...rest } = await everything()
  expect({ ...rest, audit }).toEqual({ ...before, ledger_position: undefined, audit: expect.anything() })
  const problems = await onDatabase(async (client) => {
    const { rows } = await client.query(
      `select (select count(*)::int from pg_trigger t join pg_class c on c.oid = t.tgrelid and c.relname <> 'x' where not tgisinternal and tgenabled <> 'O') as triggers_off,
              (select count(*)::int from pg_constraint where not convalidated) as unchecked`,
    )
    return rows[0]
  })
  expect(problems).toEqual({ triggers_off: 0, unchecked: 0 })
  await expect(onDatabase((client) => client.query('delete from permission_entry'))).rejects.toThrow('append-only')
})

test.each([
  ['its last byte changed', (bytes: Buffer) => flipped(bytes, bytes.length - 1)],
  ['a byte in the middle changed', (bytes: Buffer) => flipped(bytes, bytes.length >> 1)],
  [
    'its first line changed',
    (bytes: Buffer) =>
      Buffer.from(bytes.toString('latin1').replace('"method":"export"', '"method":"pg_dump"'), 'latin1'),
  ],
  ['its end cut off', (bytes: Buffer) => bytes.subarray(0, -100)],
  ['almost all of it cut off', (bytes: Buffer) => bytes.subarray(0, bytes.indexOf(10) + 9)],
  ['something added', (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(16)])],
  ['two parts changed places', (bytes: Buffer) => swapped(bytes)],
])('a backup with %s restores nothing, and a sentence says so', async (_harm, harm) => {
  const { file } = await backedUp('export')
  const bad = path.join(database.home, 'bad.backup')
  writeFileSync(bad, harm(readFileSync(file)))
  const before = await everything()

  await expect(restored(bad)).rejects.toThrow(
    /^bad\.backup is (damaged or incomplete|cut short).*nothing was taken from it/,
  )

  expect(await everything()).toEqual(before)
  expect(await databasesLike(`${databaseName(database.url)}\\_%`)).toEqual([])
})

test('who said no after the backup is prohibited again before the register can be reached, and a campaign excludes them', async () => {
  const { file } = await backedUp('export')
  const said = await inContext(async ({ db, ledger }) => {
    const { id } = await db.person.findFirstOrThrow({ where: { permission: 'permission', email: { not: null } } })
    await prohibit(db, { personId: id, at, channel: 'phone', actor: 'operator', onceKey: 'varmuuskopion jälkeen' })
    await writeLedger(db, ledger, at)
    return id
  })

  const outcome = await restored(file)

  // Nobody has opened a context on it yet: what is seen now is what the restore itself put in place.
  const seen = await onDatabase(async (client) => {
    const person = await client.query('select permission from person where id = $1', [said])
    const reason = await client.query('select because from eligibility(now()) where person_id = $1', [said])
    return [person.rows[0].permission, reason.rows[0].because]
  })
  expect(outcome.replayed).toBeGreaterThan(0)
  expect(seen).toEqual(['prohibition', 'PROHIBITED'])
})

test('erased, in the same Access file again, in yesterday’s backup, at the next start: the person stays away, their no stands, no campaign has them', async () => {
  const { file } = await backedUp('export')
  const { id, key, addressHashes } = await inContext(async ({ db, keys, ledger }) => {
    const person = await db.person.findFirstOrThrow({ where: { permission: 'permission', email: { not: null } } })
    await prohibit(db, { personId: person.id, at, channel: 'mail', actor: 'operator', onceKey: 'ensin ei' })
    await writeLedger(db, ledger, at)
    await erasePerson(db, keys, ledger, person.id, { actor: 'operator', at, because: 'request' })
    return person
  })
  const there = { OR: [{ id }, { key }, { addressHashes: { hasSome: addressHashes } }] }
  const away = { people: 0, suppressed: ['erased', 'opted-out'] }
  const seen = () =>
    inContext(async ({ db }) => {
      const suppressed = await db.suppression.findMany({
        where: { addressHash: { in: addressHashes }, liftedAt: null },
        orderBy: { kind: 'asc' },
      })
      const kinds = [...new Set(suppressed.map(({ kind }) => kind))]
      return { people: await db.person.count({ where: there }), suppressed: kinds }
    })
  expect(await seen()).toEqual(away)

  const again = await inContext((context) => importSample(context))
  expect(again.people.suppressed).toBe(1)
  expect(await seen()).toEqual(away)

  await restored(file)
  // Before anybody opens it: what the restore itself put in place.
  const unopened = await onDatabase((client) =>
    client.query('select from person where id = $1 or address_hashes && $2', [id, addressHashes]),
  )
  expect(unopened.rowCount).toBe(0)
  expect(await seen()).toEqual(away)

  const onceMore = await inContext((context) => importSample(context))
  expect(onceMore.people.suppressed).toBe(1)
  expect(await seen()).toEqual(away)

  const typedAnew = await inContext(({ db }) =>
    db.person.create({
      data: {
        register: 'käsin',
        key: 'uusi',
        firstName: 'Sama',
        lastName: 'Ihminen',
        email: 'sama@firma.example',
        emailNature: 'work',
        addressHashes,
        permission: 'permission',
        keptFrom: at,
      },
    }),
  )
  const chosen = await inContext(async ({ db }) => {
    const campaign = await draftCampaign(db, plan, 'test', at)
    const { people, selected } = await selectRecipients(db, campaign, { batchSize: 500, connections: 8 }, at)
    const mailed = { campaignId: campaign.id, batch: { not: null } }
    return {
      everybody: people === (await db.person.count()) && selected > 100,
      theirs: await db.recipient.count({ where: { ...mailed, addressHash: { in: addressHashes } } }),
      typedAnew: await db.recipient.findMany({
        where: { campaignId: campaign.id, personId: typedAnew.id },
        select: { state: true, because: true },
      }),
    }
  })
  expect(chosen).toEqual({ everybody: true, theirs: 0, typedAnew: [{ state: 'excluded', because: 'ERASED' }] })
  const withoutTombstone = await onDatabase(async (client) => {
    await client.query(`begin; delete from suppression where kind = 'erased'`)
    const reason = await client.query('select because from eligibility(now()) where person_id = $1', [typedAnew.id])
    await client.query('rollback')
    await client.query('delete from person where id = $1', [typedAnew.id])
    return reason.rows
  })
  expect(withoutTombstone).toEqual([{ because: 'PROHIBITED' }])
})

test('a campaign that was under way in the backup waits for the operator: it might have been sent since', async () => {
  const { campaign, draft } = await inContext(async ({ db }) => {
    const draft = await draftCampaign(db, plan, 'test', at)
    const campaign = await draftCampaign(db, plan, 'test', at)
    await record(db, campaign.id, 'operator', (one) => approve(one, 'account', at))
    return { campaign, draft }
  })
  const { file } = await backedUp('export')

  const { halted } = await restored(file)

  const states = await inContext(async ({ db }) => [
    await campaignById(db, campaign.id),
    await campaignById(db, draft.id),
  ])
  expect(halted).toBe(1)
  expect(states.map(({ state }) => state)).toEqual(['halted', 'draft'])
  expect(states[0]?.haltedBecause).toMatch(/restored from a backup of .* withdraw/)
})

test('while anybody is connected to the register, or its outside ledger is missing, it stays what it is', async () => {
  const { file } = await backedUp('export')
  const before = await everything()

  const connected = await onDatabase(() => refusal(restored(file)))
  const missing = await refusal(restored(file, path.join(database.home, 'no-ledger')))

  expect(connected).toMatch(/^NotAllowed: 1 connections to the register are open: stop/)
  expect(missing).toMatch(/^NotAllowed: The outside ledger in .* put the whole ledger back/)
  expect(await everything()).toEqual(before)
})

test('a backup of a newer Lupa is refused in words', async () => {
  const file = path.join(database.home, 'newer.backup')
  const { keys } = await inContext(async (context) => context)
  const facts = {
    madeAt: at.toISOString(),
    register: 'x',
    method: 'export' as const,
    postgres: '19.0',
    migrations: ['9999_future'],
  }
  await writeBackup(file, facts, keys, Readable.from([Buffer.from('-- nothing\n')]))

  expect(await refusal(restored(file))).toMatch(/newer Lupa \(9999_future is not known here\): update Lupa/)
})

const plan: CampaignPlan = {
  name: 'kesken',
  subject: 'x',
  fromName: 'x',
  fromEmail: 'x@yritys.example',
  tool: 'mailchimp',
  language: 'fi',
  contentKind: 'html',
  contentRef: null,
  html: '<p>x</p>',
  askedRelations: [],
  askedTags: [],
  sendAt: null,
  settleSeconds: 0,
}

async function restored(file: string, ledger = database.config.ledger) {
  const evidence = {
    file,
    keys: openKeyRing(database.config),
    ledger: openOutsideLedger(ledger, database.config.hostname),
  }
  return restoreBackup(database.config, database.url, evidence, at)
}

function refusal(what: Promise<unknown>): Promise<string> {
  return what.then(
    () => 'it was done',
    (error: Error) => `${error.name}: ${error.message}`,
  )
}

/** Every row of every table, as one hash a table, and where every sequence stands. */
async function everything(): Promise<Record<string, string>> {
  return onDatabase(async (client) => {
    const { rows: tables } = await client.query(
      `select tablename as name from pg_tables where schemaname = 'public' and tablename <> '_prisma_migrations' order by 1`,
    )
    const found: Record<string, string> = {}
    for (const { name } of tables) {
      const { rows } = await client.query(
        `select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as hash from ${name} t`,
      )
      found[name] = rows[0].hash
    }
    const { rows } = await client.query(
      `select string_agg(concat_ws('=', sequencename, last_value), ',' order by sequencename) as at from pg_sequences where schemaname = 'public' and sequencename not like 'ledger%'`,
    )
    return { ...found, sequences: rows[0].at }
  })
}

function flipped(bytes: Buffer, place: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[place] = (copy[place] ?? 0) ^ 1
  return copy
}

function swapped(bytes: Buffer): Buffer {
  const start = bytes.indexOf(10) + 1
  const half = (bytes.length - start) >> 1
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + half), bytes.subarray(start, start + half)])
}
