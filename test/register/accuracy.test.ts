// Data stay right only when somebody looks, and notes stay closed when a key is given up.
import { rmSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openKeyRing, rotateKeys } from '../../src/ledger/key-ring.ts'
import { listBounced, listUnverified, markVerified } from '../../src/register/accuracy.ts'
import { readNotes } from '../../src/register/notes.ts'
import { resealNotes } from '../../src/register/reseal.ts'
import { emptyRegister, now, type TestRegister } from '../support/register.ts'

let register: TestRegister
beforeEach(async () => {
  register = await emptyRegister()
})
afterEach(() => register.close())

const before = (days: number) => new Date(now.getTime() - days * 86_400_000)

async function somebody(key: string, more: object): Promise<string> {
  const data = {
    register: 'koe',
    key,
    firstName: 'Aino',
    lastName: key,
    keptFrom: now,
    createdAt: before(1000),
    ...more,
  }
  return (await register.db.person.create({ data })).id
}

test('whoever nobody has seen to for long is listed, the longest ago first, until they are verified', async () => {
  const old = await somebody('vanha', { addedAt: before(900) })
  await somebody('tarkistettu', { addedAt: before(900), verifiedAt: before(10) })
  const older = await somebody('vanhempi', {})

  const listed = await listUnverified(register.db, before(730))
  await markVerified(register.db, [older], now)

  expect(listed.map(({ personId }) => personId)).toEqual([older, old])
  expect((await listUnverified(register.db, before(730))).map(({ personId }) => personId)).toEqual([old])
})

test('addresses that bounce are listed, those for good first', async () => {
  const passing = await somebody('täynnä', { softBounces: 2 })
  const gone = await somebody('poissa', { bouncedAt: before(3) })
  await somebody('ehjä', {})

  expect((await listBounced(register.db)).map(({ personId }) => personId)).toEqual([gone, passing])
})

test('after a rotation the old key opens no note, and the new one opens all', async () => {
  const { db, database, importCsv } = register
  const mapping = 'register: koe\npersons: { key: id, columns: { lastName: nimi, notes: [muistio] } }\n'
  const file = ['id;nimi;muistio', '1;Aho;Salainen', '2;Bo;Toinen']
  await importCsv(file, { mapping })

  const keys = rotateKeys(database.config)
  const resealed = [await resealNotes(db, keys), await resealNotes(db, keys)]
  rmSync(path.join(database.config.home, 'keys', 'k1.key'))
  const newKeys = openKeyRing(database.config)

  const texts: string[] = []
  for (const { id } of await db.person.findMany({ orderBy: { key: 'asc' } }))
    texts.push(...(await readNotes(db, newKeys, id, { actor: 'operator', at: now })).map(({ text }) => text))
  expect(resealed).toEqual([2, 0])
  expect(texts).toEqual(['Salainen', 'Toinen'])
  expect(new Set((await db.note.findMany()).map(({ keyId }) => keyId))).toEqual(new Set(['k2']))
})
