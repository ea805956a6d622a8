// The people of a round: invented, and with names and addresses that cannot stand in a log by chance.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Context } from '../../src/context.ts'
import { readMapping } from '../../src/intake/mapping.ts'
import { openSource } from '../../src/intake/open-source.ts'
import { importInto } from '../../src/register/imports.ts'

export type RoundPerson = {
  id: string
  email: string
  firstName: string
  lastName: string
  says: 'permission' | 'prohibition' | 'unknown'
}

const register = 'kidutus'
const mapping = readMapping(`
register: ${register}
persons:
  key: avain
  columns: { firstName: etunimi, lastName: sukunimi, email: sposti }
  permission:
    status: { column: sana, permission: [permission], prohibition: [prohibition], unknown: [unknown] }
    at: pvm
    source: lahde
`)

/** Puts people into the register from a file: first those with a permission, then those who said no, then those who never said anything. */
export async function populate(
  context: Context,
  counts: { permitted: number; prohibited: number; unknown: number },
): Promise<RoundPerson[]> {
  const says = [
    ...Array<'permission'>(counts.permitted).fill('permission'),
    ...Array<'prohibition'>(counts.prohibited).fill('prohibition'),
    ...Array<'unknown'>(counts.unknown).fill('unknown'),
  ]
  const people = says.map((one, place) => newPerson(place, one))
  const day = new Date(context.clock().getTime() - 86_400_000).toISOString().slice(0, 10)
  const rows = people.map(
    (one, place) => `${place};${one.firstName};${one.lastName};${one.email};${one.says};${day};lista`,
  )
  writeFileSync(fileOf(context), ['avain;etunimi;sukunimi;sposti;sana;pvm;lahde', ...rows, ''].join('\n'))
  await importAgain(context)
  const ids = await context.db.person.findMany({ where: { register }, select: { id: true, key: true } })
  const idOf = new Map(ids.map(({ id, key }) => [key, id]))
  return people.map((person, place) => ({ ...person, id: idOf.get(String(place)) as string }))
}

/** Reads the file with which the round began once more, as an owner does who never edits it. */
export async function importAgain(context: Context): Promise<void> {
  const { db, keys, clock } = context
  await importInto(db, keys, await openSource(fileOf(context)), mapping, { actor: 'torture', at: clock() })
}

function fileOf({ config }: Context): string {
  return path.join(config.home, 'people.csv')
}

function newPerson(place: number, says: RoundPerson['says']): Omit<RoundPerson, 'id'> {
  const email = `xaveria${place}.zyxwell${place}@quuxfirma${place}.example`
  return { email, firstName: `Xaveria${place}`, lastName: `Zyxwell${place}`, says }
}

/** Everything that names a person of a round: shared parts of names and addresses, and every address's plain hashes. */
export function traces(people: RoundPerson[]): string[] {
  const hashes = people.flatMap(({ email }) =>
    ['md5', 'sha1', 'sha256'].map((kind) => createHash(kind).update(email).digest('hex')),
  )
  return ['xaveria', 'zyxwell', 'quuxfirma', ...hashes]
}
