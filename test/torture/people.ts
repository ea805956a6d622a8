// The people of a round: invented, and with names and addresses that cannot stand in a log by chance.
import { createHash } from 'node:crypto'
import type { Context } from '../../src/context.ts'

export type RoundPerson = {
  id: string
  email: string
  firstName: string
  lastName: string
  says: 'permission' | 'prohibition' | 'unknown'
}

/** Puts people into the register: first those with a permission, then those who said no, then those who never said anything. */
export async function populate(
  { db, keys, clock }: Context,
  counts: { permitted: number; prohibited: number; unknown: number },
): Promise<RoundPerson[]> {
  const says = [
    ...Array<'permission'>(counts.permitted).fill('permission'),
    ...Array<'prohibition'>(counts.prohibited).fill('prohibition'),
    ...Array<'unknown'>(counts.unknown).fill('unknown'),
  ]
  const people = says.map((one, place) => newPerson(place, one))
  const at = new Date(clock().getTime() - 86_400_000)
  await db.person.createMany({
    data: people.map(({ says: _says, ...person }) => ({
      ...person,
      register: 'kidutus',
      key: person.id,
      emailNature: 'work',
      domain: person.email.slice(person.email.indexOf('@') + 1),
      addressHashes: keys.hashes('email', person.email),
      addedAt: at,
      keptFrom: at,
    })),
  })
  await db.permissionEntry.createMany({
    data: people.flatMap(({ id, says: what }) =>
      what === 'unknown'
        ? []
        : [
            {
              ...{ personId: id, says: what, at, channel: 'register-file', actor: 'torture' },
              ...{ source: 'jakelulista', onceKey: `torture|${id}` },
            },
          ],
    ),
  })
  return people
}

function newPerson(place: number, says: RoundPerson['says']): RoundPerson {
  const email = `xaveria${place}.zyxwell${place}@quuxfirma${place}.example`
  return { id: crypto.randomUUID(), email, firstName: `Xaveria${place}`, lastName: `Zyxwell${place}`, says }
}

/** Everything that names a person of a round: shared parts of names and addresses, and every address's plain hashes. */
export function traces(people: RoundPerson[]): string[] {
  const hashes = people.flatMap(({ email }) =>
    ['md5', 'sha1', 'sha256'].map((kind) => createHash(kind).update(email).digest('hex')),
  )
  return ['xaveria', 'zyxwell', 'quuxfirma', ...hashes]
}
