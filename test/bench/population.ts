// People for a measurement: each with a documented permission and an invented address, straight into the register.
import type { Context } from '../../src/context.ts'
import { sql } from '../../src/register/database.ts'

const atATime = 10_000

/** The address of the person of this number. */
export const emailOf = (number: number) => `henkilo${number}@yritys${number}.example`

/** Adds so many people, numbered from 0. */
export async function populate({ db, keys }: Context, people: number): Promise<void> {
  for (let from = 0; from < people; from += atATime) {
    const emails = Array.from({ length: Math.min(atATime, people - from) }, (_, place) => emailOf(from + place))
    const hashes = emails.map((email) => JSON.stringify(keys.hashes('email', email)))
    await db.$executeRaw(sql`
      with added as (
        insert into person (register, key, first_name, last_name, email, email_nature, domain, address_hashes, added_at, kept_from)
        select 'mittaus', (${from} + n)::text, 'Etu', 'Suku' || (${from} + n), email, 'work', split_part(email, '@', 2),
          array(select jsonb_array_elements_text(hashes::jsonb)), now() - interval '1 day', now() - interval '1 day'
        from unnest(${emails}::text[], ${hashes}::text[]) with ordinality as one (email, hashes, n)
        returning id
      )
      insert into permission_entry (person_id, says, at, channel, actor, source, once_key)
      select id, 'permission', now() - interval '1 day', 'register-file', 'bench', 'jakelulista', 'bench|' || id from added`)
  }
  await db.$executeRaw(sql`analyze person, permission_entry`)
}
