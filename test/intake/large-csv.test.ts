// A register of a hundred thousand people goes through in a small, steady amount of memory.
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { readMapping } from '../../src/intake/mapping.ts'
import { openSource } from '../../src/intake/open-source.ts'
import { readIntake } from '../../src/intake/read-intake.ts'
import { givenFolder } from './given-file.ts'

const people = 100_000

/** The heap after everything that can be collected has been. */
function heapMegabytes(): number {
  setFlagsFromString('--expose-gc')
  const collect: () => void = runInNewContext('gc')
  collect()
  return process.memoryUsage().heapUsed / 1024 / 1024
}

function* lines(): Generator<string> {
  yield 'Nro;Etunimi;Sukunimi;Sähköposti;Yritys;Lupa;Lupa pvm;Lähde;Muistio\n'
  const note = 'Keskusteltu johtamisvalmennuksesta. '.repeat(3)
  for (let n = 1; n <= people; n++) {
    yield `${n};Etu${n};Suku${n};etu${n}.suku${n}@firma${n % 5000}.example;Firma ${n % 5000};1;${(n % 28) + 1}.3.2024 9.00;lomake;${note}\n`
  }
}

test('100,000 people are read page by page, and memory does not grow with them', { timeout: 120_000 }, async () => {
  const file = join(await givenFolder(), 'suuri.csv')
  await pipeline(Readable.from(lines()), createWriteStream(file))
  const source = await openSource(file)
  const mapping = readMapping(`
register: koe
organisations: { columns: { name: Yritys } }
persons:
  key: Nro
  columns: { firstName: Etunimi, lastName: Sukunimi, email: Sähköposti, notes: [Muistio] }
  permission: { permitted: Lupa, at: Lupa pvm, source: Lähde }
`)

  const before = heapMegabytes()
  const read = { organisations: 0, persons: 0, permitted: 0, largestPage: 0 }
  let highest = 0
  for await (const page of readIntake(source, mapping)) {
    read.organisations += page.organisations.length
    read.persons += page.persons.length
    read.permitted += page.persons.filter(({ permission }) => permission.permitted && permission.at).length
    read.largestPage = Math.max(read.largestPage, page.organisations.length + page.persons.length)
    if (read.persons % 20_000 === 0) highest = Math.max(highest, heapMegabytes())
  }

  expect(read).toEqual({ organisations: 5000, persons: people, permitted: people, largestPage: 1000 })
  // The file has some 22 MB. What stays are the keys of the rows, some 10 MB, and one page.
  expect(highest - before).toBeLessThan(30)
})
