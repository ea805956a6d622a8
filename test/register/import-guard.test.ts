// A file that would end the permission of many is refused with the figures, and changes nothing until a person has looked.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { NotAllowed } from '../../src/domain/errors.ts'
import { emptyRegister, peopleOf, rowCounts, type TestRegister } from '../support/register.ts'

let register: TestRegister
beforeEach(async () => {
  register = await emptyRegister()
  await register.importCsv(file('permitted', 0), { mapping })
})
afterEach(() => register.close())

const mapping = `
register: koe
persons:
  key: id
  columns: { lastName: nimi, email: sposti, changedAt: muokattu }
  permission: { permitted: lupa, prohibited: kielto, at: pvm, source: lähde }
sources: { column: lähde }
`
const head = 'id;nimi;sposti;muokattu;lupa;kielto;pvm;lähde'
const rows = {
  permitted: (key: number) => `${key};Aho;h${key}@firma${key}.example;2025-01-01;x;;2025-01-01;media`,
  prohibited: (key: number) => `${key};Aho;h${key}@firma${key}.example;2025-02-01;;x;2025-02-01;`,
  unknown: (key: number) => `${key};Aho;h${key}@firma${key}.example;2025-02-01;;;;`,
  withoutAddress: (key: number) => `${key};Aho;;2025-02-01;x;;2025-01-01;media`,
}
const file = (spoilt: keyof typeof rows, count: number) => [
  head,
  ...Array.from({ length: 15 }, (_, place) => rows[place < count ? spoilt : 'permitted'](place + 1)),
]

test.each(['prohibited', 'unknown', 'withoutAddress'] as const)(
  'a file that makes twelve of fifteen %s is refused, counted by a dry run, and taken once somebody has checked',
  async (what) => {
    const lines = file(what, 12)
    const before = [await peopleOf(register.db), await rowCounts(register.db)]

    await expect(register.importCsv(lines, { mapping })).rejects.toThrow(
      new NotAllowed(
        `Of 15 people who may be mailed, this file would take 12: ${what === 'prohibited' ? 12 : 0} prohibited, ${what === 'unknown' ? 12 : 0} with no permission any more, ${what === 'withoutAddress' ? 12 : 0} without an address. Nothing was imported. Look at \`lupa register import … --dry-run\`; if it is right, say --yes-i-checked-permissions.`,
      ),
    )
    const dry = await register.importCsv(lines, { mapping, dryRun: true })
    expect([await peopleOf(register.db), await rowCounts(register.db)]).toEqual(before)
    const checked = await register.importCsv(lines, { mapping, permissionsChecked: true })

    const loses = { of: 15, prohibited: 0, unknown: 0, withoutAddress: 0, [what]: 12 }
    expect([dry.loses, checked.loses]).toEqual([loses, loses])
    expect(checked.people.updated).toBe(12)
  },
)

test('a file that ends the permission of a few is taken, and says of how many', async () => {
  const result = await register.importCsv(file('prohibited', 1), { mapping })

  expect(result.loses).toEqual({ of: 15, prohibited: 1, unknown: 0, withoutAddress: 0 })
})
