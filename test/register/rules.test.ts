// The rules that the database keeps are the rules that the code tells: the same arithmetic, the same reasons, the same columns.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EligibilityFacts, exclusionCase, exclusionReason } from '../../src/domain/eligibility.ts'
import { type PermissionEntry, permissionOf } from '../../src/domain/permission.ts'
import { rawSql, sql } from '../../src/register/database.ts'
import { Prisma } from '../../src/register/generated/client.ts'
import { emptyRegister, now, type TestRegister } from '../support/register.ts'

let register: TestRegister
beforeAll(async () => {
  register = await emptyRegister()
})
afterAll(() => register.close())

const addPerson = (key: string) =>
  register.db.person.create({ data: { register: 'koe', key, firstName: 'A', lastName: 'B', keptFrom: now } })

const entry: fc.Arbitrary<PermissionEntry> = fc.record({
  says: fc.constantFrom('permission', 'prohibition', 'unknown'),
  // Few instants, so that equal times are common.
  at: fc.integer({ min: 0, max: 5 }).map((day) => new Date(Date.UTC(2024, 0, 1 + day))),
  usable: fc.boolean(),
  personal: fc.boolean(),
})

test('the permission that the database works out is the one that the code works out, for any ledger in any order', async () => {
  let count = 0
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 7 }), fc.boolean(), async (entries, inOneStatement) => {
      const { id } = await addPerson(`permission ${count++}`)
      const data = entries.map((one, n) => ({
        ...one,
        personId: id,
        channel: 'mail',
        actor: 'test',
        onceKey: `${id} ${n}`,
      }))
      if (inOneStatement) await register.db.permissionEntry.createMany({ data })
      else for (const one of data) await register.db.permissionEntry.create({ data: one })

      const answer = permissionOf(entries)
      const person = await register.db.person.findUniqueOrThrow({ where: { id } })
      expect({ permission: person.permission, at: person.permissionAt, underReview: person.underReview }).toEqual(
        answer,
      )
    }),
    { numRuns: 150 },
  )
}, 120_000)

test('the reasons in the database are made from the table in the code, letter for letter', async () => {
  const [row] = await register.db.$queryRaw<{ source: string }[]>(
    sql`select pg_get_functiondef('eligibility(timestamptz)'::regprocedure) as source`,
  )

  const plain = (text: string) => text.replace(/\s+/g, ' ')
  expect(plain(row?.source ?? '')).toContain(plain(exclusionCase('f')))
})

const names = [
  'erased',
  'prohibited',
  'organisationProhibited',
  'restricted',
  'expired',
  'noWorkEmail',
  'invalidAddress',
  'roleAddress',
  'privateAddress',
  'bounced',
  'underReview',
  'feedbackUnknown',
  'noPermission',
] as const satisfies (keyof EligibilityFacts)[]

/** One value most of the time: a reason far down the table shows only where none above it applies. */
const mostly = <const T>(usual: T, ...others: T[]) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) })

test('for any facts about a person the database gives the reason that the code gives', async () => {
  await register.db.retentionLifetime.create({ data: { category: 'person', days: 30 } })
  const world = fc.record({
    said: fc.constantFrom('permission', 'unsourced', 'prohibition', null),
    suppressed: mostly(null, 'opted-out', 'erased'),
    organisation: mostly(null, 'prohibited', 'domain'),
    address: mostly('work', 'role', 'private', 'doubtful', null),
    restrictedAt: mostly(null, now),
    bouncedAt: fc.constantFrom(now, null),
    feedbackUnknown: fc.boolean(),
    keptFrom: mostly(now, new Date('2020-01-01')),
  })
  let count = 0
  await fc.assert(
    fc.asyncProperty(world, async ({ said, suppressed, organisation, address, ...same }) => {
      const key = `facts ${count++}`
      const { id } = await addPerson(key)
      const clean = address !== null && address !== 'doubtful'
      const hash = `hash of ${key}`
      const email = clean
        ? { email: `${key}@firma.example`, emailNature: address, addressHashes: [hash], domain: `${count}.example` }
        : { emailDoubtful: address === 'doubtful' }
      await register.db.person.update({ where: { id }, data: { ...same, ...email } })
      if (suppressed) await register.db.suppression.create({ data: { addressHash: hash, kind: suppressed, at: now } })
      await sayNo(id, key, organisation, `${count}.example`)
      if (said) {
        const says = said === 'unsourced' ? 'permission' : said
        const data = {
          personId: id,
          says,
          at: now,
          channel: 'mail',
          actor: 'test',
          usable: said !== 'unsourced',
          onceKey: key,
        }
        await register.db.permissionEntry.create({ data })
      }

      const [facts] = await register.db.$queryRaw<Record<string, boolean>[]>(
        sql`select * from eligibility_facts(${now}::timestamptz) where person_id = ${id}::uuid`,
      )
      const [row] = await register.db.$queryRaw<{ because: string | null }[]>(
        sql`select because from eligibility(${now}::timestamptz) where person_id = ${id}::uuid`,
      )

      const told = Object.fromEntries(names.map((name) => [name, facts?.[snakeCase(name)]]))
      expect(told).toEqual({
        erased: clean && suppressed === 'erased',
        prohibited: said === 'prohibition' || (clean && suppressed === 'opted-out'),
        organisationProhibited: organisation === 'prohibited' || (organisation === 'domain' && clean),
        restricted: same.restrictedAt !== null,
        expired: same.keptFrom < now,
        noWorkEmail: address === null,
        invalidAddress: address === 'doubtful',
        roleAddress: address === 'role',
        privateAddress: address === 'private',
        bounced: same.bouncedAt !== null,
        underReview: said === 'unsourced',
        feedbackUnknown: same.feedbackUnknown,
        noPermission: said !== 'permission',
      })
      expect(row?.because).toBe(exclusionReason(told as EligibilityFacts))
    }),
    { numRuns: 150 },
  )
}, 120_000)

async function sayNo(
  personId: string,
  key: string,
  how: 'prohibited' | 'domain' | null,
  domain: string,
): Promise<void> {
  if (how === 'domain') {
    await register.db.prohibitedDomain.create({ data: { domain, at: now, evidence: 'letter', actor: 'test' } })
  }
  if (how !== 'prohibited') return
  const { id } = await register.db.organisation.create({
    data: { register: 'koe', key, name: 'Firma', prohibitedAt: now },
  })
  await register.db.person.update({ where: { id: personId }, data: { organisationId: id } })
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

test('every model of the schema can be read with all its fields, and every column of the database has its field', async () => {
  const models = Object.keys(Prisma.ModelName) as (keyof typeof Prisma.ModelName)[]
  const known: string[] = []
  for (const model of models) {
    const delegate = register.db[`${model[0]?.toLowerCase()}${model.slice(1)}` as 'person']
    await delegate.findMany({ take: 1 })
    const fields = Object.values(Prisma[`${model}ScalarFieldEnum` as 'PersonScalarFieldEnum'])
    known.push(...fields.map((field) => `${snakeCase(model).slice(1)}.${snakeCase(field)}`))
  }

  const columns = await register.db.$queryRaw<{ name: string }[]>(sql`
    select table_name || '.' || column_name as name from information_schema.columns
    where table_schema = 'public' and table_name in (${rawSql(models.map((model) => `'${snakeCase(model).slice(1)}'`).join(', '))})`)
  expect(known.sort()).toEqual(columns.map(({ name }) => name).sort())

  const tables = await register.db.$queryRaw<{ name: string }[]>(sql`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' and table_name not like '\\_prisma%'`)
  expect(tables.map(({ name }) => name).sort()).toEqual(models.map((model) => snakeCase(model).slice(1)).sort())
})
