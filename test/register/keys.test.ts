// What keys keep: without the right ones nothing starts, after a rotation every no still holds, and a note opens under its person only.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { openKeyRing, rotateKeys } from '../../src/ledger/key-ring.ts'
import { writeLedger } from '../../src/register/ledger-outbox.ts'
import { readNotes, sealNote } from '../../src/register/notes.ts'
import { presentReason } from '../../src/register/people.ts'
import { rehashAddresses } from '../../src/register/rehash.ts'
import { at, database, fresh, no, opened, person, reasonsOf, withReopenedRegister } from './reopened-register.ts'

withReopenedRegister()

test('with a key missing, or another key under its name, nothing starts', async () => {
  const folder = fresh()
  await (await opened(folder)).close()
  const keys = path.join(database.home, 'keys')
  const [file] = readdirSync(keys)
  const kept = readFileSync(path.join(keys, file as string), 'utf8')
  const refusals: string[] = []
  const refused = () =>
    opened(folder).then(
      () => refusals.push('started'),
      (error: Error) => refusals.push(`${error.name}: ${error.message}`),
    )

  writeFileSync(path.join(keys, file as string), `${Buffer.alloc(32, 7).toString('base64')}\n`)
  await refused()
  rmSync(path.join(keys, file as string))
  await refused()
  writeFileSync(path.join(keys, 'k8.key'), `${Buffer.alloc(32, 8).toString('base64')}\n`)
  rmSync(path.join(keys, file as string), { force: true })
  await refused()

  expect(refusals).toEqual([
    expect.stringMatching(/^NotAllowed: The key k1 in .* is not the one this register was made with/),
    // No first key is made there either.
    expect.stringMatching(/^NotAllowed: There is no key in .*, and the register was made with one: put it back/),
    expect.stringMatching(/^NotAllowed: The key k1 is missing from .*opt-outs could not be recognised/),
  ])
  rmSync(path.join(keys, 'k8.key'))
  writeFileSync(path.join(keys, file as string), kept)
  await (await opened(folder)).close()
})

test('after a rotation an opt-out made with the old key still holds, for the person and for whoever brings the address again', async () => {
  const folder = fresh()
  const context = await opened(folder)
  const said = await person(context)
  const silent = await person(context)
  await no(context, said.id, 'vanhalla avaimella', [])
  await writeLedger(context.db, context.ledger, at)
  await context.close()

  rotateKeys({ home: database.home, secretKeys: null })
  const rotated = await opened(folder)
  try {
    const { db, keys } = rotated
    const before = await reasonsOf(rotated, said, silent)
    await rehashAddresses(db, keys)
    const after = await reasonsOf(rotated, said, silent)
    // The entry in the ledger of permissions is not all that holds: the address alone does.
    const twin = await person(rotated, said.email)
    const hashes = (await db.person.findUniqueOrThrow({ where: { id: twin.id } })).addressHashes

    expect([before, after]).toEqual([
      ['PROHIBITED', null],
      ['PROHIBITED', null],
    ])
    expect(await presentReason(db, twin.id, at)).toBe('PROHIBITED')
    expect(hashes.map((hash) => hash.split(':')[0])).toEqual(keys.ids)
    expect(await db.secretKey.count()).toBe(2)
  } finally {
    await rotated.close()
  }
})

test('a note is opened by its person’s name on it only, with the key of its time, and every reading is written down', async () => {
  const context = await opened(fresh())
  try {
    const { db } = context
    const [mine, yours] = [await person(context), await person(context)]
    const ring = openKeyRing(context.config)
    const note = sealNote(ring, mine.id, 'luottamuksellista')
    const row = (personId: string) => ({
      personId,
      keyId: note.key_id,
      sealed: Buffer.from(note.sealed, 'base64'),
      digest: `${note.digests[0]}`,
      notedAt: at,
    })
    await db.note.createMany({ data: [row(mine.id), row(yours.id)] })

    expect(await readNotes(db, ring, mine.id, { actor: 'operator', at })).toEqual([
      { notedAt: at, text: 'luottamuksellista' },
    ])
    await expect(readNotes(db, ring, yours.id, { actor: 'operator', at })).rejects.toThrow()
    expect(await db.audit.count({ where: { action: 'notes-read', subject: mine.id } })).toBe(1)
  } finally {
    await context.close()
  }
})
