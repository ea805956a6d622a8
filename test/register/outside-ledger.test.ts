// Opt-outs also live outside the database: a restore of an old copy cannot undo them (I5), and without the ledger nothing starts.
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { NotAllowed } from '../../src/domain/errors.ts'
import { openOutsideLedger } from '../../src/ledger/outside-ledger.ts'
import { replayLedger, writeLedger } from '../../src/register/ledger-outbox.ts'
import { presentReason } from '../../src/register/people.ts'
import { permit } from '../../src/register/permissions.ts'
import {
  at,
  copyOf,
  database,
  fresh,
  no,
  opened,
  person,
  reasonsOf,
  withReopenedRegister,
} from './reopened-register.ts'

withReopenedRegister()

test('an opt-out reaches the file by the outbox, once, and the file holds nothing that names anybody', async () => {
  const context = await opened(fresh())
  try {
    const { db, ledger, keys } = context
    const { id, email } = await person(context)
    await no(context, id, 'kerran')
    await no(context, id, 'kerran')

    const written = [await writeLedger(db, ledger, at), await writeLedger(db, ledger, at)]

    expect(written).toEqual([1, 0])
    expect(ledger.read(ledger.writer).map(({ entry }) => entry)).toEqual([
      {
        kind: 'opt-out',
        at: expect.stringMatching(/^2026-11-22T/),
        subject: id,
        addresses: keys.hashes('email', email),
        channel: 'mail',
        onceKey: 'kerran',
      },
    ])
    const text = readFileSync(path.join(ledger.folder, `${ledger.writer}.jsonl`), 'utf8')
    for (const secret of [email, 'Etu', 'Suku', 'talo']) expect(text).not.toContain(secret)
  } finally {
    await context.close()
  }
})

test('writers at the same time write every entry once', async () => {
  const context = await opened(fresh())
  try {
    const { db, ledger } = context
    const people = await Promise.all(Array.from({ length: 12 }, () => person(context)))
    await Promise.all(people.map(({ id }) => no(context, id, `yhtä aikaa ${id}`)))

    const counts = await Promise.all([1, 2, 3, 4].map(() => writeLedger(db, ledger, at)))

    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(12)
    const subjects = ledger.read(ledger.writer).map(({ entry }) => entry['subject'])
    expect(subjects.sort()).toEqual(people.map(({ id }) => id).sort())
  } finally {
    await context.close()
  }
})

test('restored from before an opt-out, the register prohibits the person again by itself, and writes nothing twice', async () => {
  const folder = fresh()
  const context = await opened(folder)
  const said = await person(context)
  const silent = await person(context)
  await writeLedger(context.db, context.ledger, at)
  await context.close()
  const backup = await copyOf(database)
  const later = await opened(folder)
  await no(later, said.id, 'varmuuskopion jälkeen')
  await writeLedger(later.db, later.ledger, at)
  const lines = later.ledger.read(later.ledger.writer)
  const known = await reasonsOf(later, said, silent)
  await later.close()

  const facts = []
  for (let start = 0; start < 2; start += 1) {
    const restored = await opened(folder, backup)
    try {
      const { db, ledger } = restored
      facts.push({
        reasons: await reasonsOf(restored, said, silent),
        entries: await db.permissionEntry.count({ where: { says: 'prohibition', onceKey: 'varmuuskopion jälkeen' } }),
        audited: await db.audit.count({ where: { action: 'person-prohibited', subject: said.id } }),
        written: await writeLedger(db, ledger, at),
        lines: ledger.read(ledger.writer).length,
      })
    } finally {
      await restored.close()
    }
  }

  expect(known).toEqual(['PROHIBITED', null])
  const expected = { reasons: ['PROHIBITED', null], entries: 1, audited: 1, written: 0, lines: lines.length }
  expect(facts).toEqual([expected, expected])
})

test('restored from before somebody was even imported, the address is suppressed: an import brings no permission back', async () => {
  const folder = fresh()
  await (await opened(folder)).close()
  const backup = await copyOf(database)
  const later = await opened(folder)
  const said = await person(later)
  await no(later, said.id, 'ennen tuontia')
  await writeLedger(later.db, later.ledger, at)
  await later.close()

  const restored = await opened(folder, backup)
  try {
    expect(await restored.db.person.count({ where: { id: said.id } })).toBe(0)
    const again = await person(restored, said.email)
    expect(await presentReason(restored.db, again.id, at)).toBe('PROHIBITED')
  } finally {
    await restored.close()
  }
})

test('an opt-out that waited in the outbox of the backup is written once, though the ledger has it already', async () => {
  const folder = fresh()
  const context = await opened(folder)
  const said = await person(context)
  await no(context, said.id, 'odotti')
  await context.close()
  const backup = await copyOf(database)
  const later = await opened(folder)
  await writeLedger(later.db, later.ledger, at)
  await later.close()

  const restored = await opened(folder, backup)
  try {
    expect(await writeLedger(restored.db, restored.ledger, at)).toBe(0)
    const keys = restored.ledger.read(restored.ledger.writer).map(({ entry }) => entry['onceKey'])
    expect(keys.filter((key) => key === 'odotti')).toHaveLength(1)
  } finally {
    await restored.close()
  }
})

test('a crash between the file and the commit loses nothing, and saying it twice changes nothing', async () => {
  const folder = fresh()
  const context = await opened(folder)
  const said = await person(context)
  await no(context, said.id, 'kaatui')
  const waiting = await context.db.ledgerOutbox.findMany({ where: { writtenAt: null } })
  context.ledger.append(waiting.map(({ entry }) => entry as never))
  await context.close()

  const again = await opened(folder)
  try {
    await writeLedger(again.db, again.ledger, at)
    expect(await replayLedger(again.db, again.ledger)).toBe(0)
    expect(await again.db.permissionEntry.count({ where: { personId: said.id, says: 'prohibition' } })).toBe(1)
    expect(await again.db.ledgerOutbox.count({ where: { writtenAt: null } })).toBe(0)
  } finally {
    await again.close()
  }
})

test('a replay never overrules a permission that came after what it replays', async () => {
  const folder = fresh()
  const context = await opened(folder)
  const said = await person(context)
  await no(context, said.id, 'ensin ei')
  await writeLedger(context.db, context.ledger, at)
  await permit(context.db, {
    ...{ personId: said.id, at: new Date(at.getTime() + 60_000), channel: 'form', actor: 'test', source: 'lomake' },
    ...{ wording: 'Kyllä', evidence: 'lomake', onceKey: 'sitten kyllä' },
  })
  await context.db.ledgerPosition.deleteMany()
  await context.close()

  const again = await opened(folder)
  try {
    expect(await presentReason(again.db, said.id, at)).toBeNull()
  } finally {
    await again.close()
  }
})

test('what another machine wrote is replayed here', async () => {
  const folder = fresh()
  const context = await opened(folder)
  const said = await person(context)
  await context.close()
  openOutsideLedger(folder, 'toinen kone').append([
    {
      kind: 'opt-out',
      at: at.toISOString(),
      subject: said.id,
      addresses: [],
      channel: 'mail',
      onceKey: 'toisella koneella',
    },
  ])

  const again = await opened(folder)
  try {
    expect(await presentReason(again.db, said.id, at)).toBe('PROHIBITED')
  } finally {
    await again.close()
  }
})

test('a last line that a crash cut short stops nobody', async () => {
  const folder = fresh()
  const context = await opened(folder)
  const said = await person(context)
  await no(context, said.id, 'kokonainen')
  await writeLedger(context.db, context.ledger, at)
  const { writer } = context.ledger
  await context.close()
  appendFileSync(path.join(folder, `${writer}.jsonl`), '{"seq":2,"entry":{"kind":"opt-o')

  const again = await opened(folder)
  try {
    const next = await person(again)
    await no(again, next.id, 'katkenneen jälkeen')
    await writeLedger(again.db, again.ledger, at)
    expect(again.ledger.read(writer).map(({ entry }) => entry['onceKey'])).toEqual(['kokonainen', 'katkenneen jälkeen'])
  } finally {
    await again.close()
  }
})

test.each([
  ['taken away', (file: string) => renameSync(file, `${file}.pois`), /ends at entry 0 of .*, and the database knows 2/],
  [
    'shortened by a line',
    (file: string) => writeFileSync(file, linesOf(file).slice(0, 1).join('\n').concat('\n')),
    /ends at entry 1/,
  ],
  [
    'damaged in its last line',
    (file: string) => writeFileSync(file, readFileSync(file, 'utf8').trim().slice(0, -9)),
    /ends at entry 1/,
  ],
  [
    'changed',
    (file: string) => writeFileSync(file, readFileSync(file, 'utf8').replace('muutettu', 'muutetty')),
    /is broken at entry/,
  ],
  ['emptied', (file: string) => writeFileSync(file, ''), /ends at entry 0/],
] as const)(
  'with a ledger that was %s nothing starts, and a sentence says what to put back',
  async (harm, act, sentence) => {
    const folder = fresh()
    const context = await opened(folder)
    for (const n of [1, 2]) await no(context, (await person(context)).id, `muutettu ${harm} ${n}`)
    await writeLedger(context.db, context.ledger, at)
    const file = path.join(folder, `${context.ledger.writer}.jsonl`)
    await context.close()
    const intact = readFileSync(file)
    act(file)

    const refusal = await opened(folder).then(
      () => null,
      (error: Error) => error,
    )

    expect(refusal).toBeInstanceOf(NotAllowed)
    expect(refusal?.message).toMatch(sentence)
    expect(refusal?.message).toMatch(/put .* back|put back/)
    writeFileSync(file, intact)
    await (await opened(folder)).close()
  },
)

const linesOf = (file: string) => readFileSync(file, 'utf8').trim().split('\n')
