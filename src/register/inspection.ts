// Texts that came in through the old Access front end, looked at as those of a file are (R-17): what should not stand in a register
// comes up for review. Never repeats the text.
import { sensitiveIn } from '../intake/sensitive-text.ts'
import type { KeyRing } from '../ledger/key-ring.ts'
import { type Database, inTransaction, sql } from './database.ts'

type Inspected = { row: string; personId: string | null; place: string; title: string | null; text: string | null }

const page = 500
const longestTitle = 255
const longestText = 10_000

/** Looks at what nobody has looked at yet; returns how many review items are new. */
export async function inspectTexts(db: Database, keys: KeyRing, at: Date): Promise<number> {
  return inTransaction(db, async (tx) => {
    // Marked as seen before they are read: what is changed meanwhile is marked again.
    const activities = await tx.$queryRaw<Inspected[]>(sql`
      update activity set uninspected = false where id in (select id from activity where uninspected order by id limit ${page})
      returning 'activity ' || id as row, person_id as "personId", source_table as place, title, text`)
    const people = await tx.$queryRaw<Inspected[]>(sql`
      update person set uninspected = false where id in (select id from person where uninspected order by id limit ${page})
      returning 'person ' || id as row, id as "personId", 'Henkilöt' as place,
        concat_ws(' ', first_name, last_name, title) as title, phone as text`)
    let opened = 0
    for (const seen of [...activities, ...people]) opened += await openItems(tx, keys, seen, at)
    return opened
  })
}

async function openItems(db: Database, keys: KeyRing, seen: Inspected, at: Date): Promise<number> {
  const codes = new Set([...sensitiveIn(seen.title ?? '', longestTitle), ...sensitiveIn(seen.text ?? '', longestText)])
  let opened = 0
  for (const code of codes) {
    // The same text is asked about once, whatever was answered.
    const onceKey = `${code}|${seen.row}|${keys.hash('note', `${seen.row}|${seen.title}|${seen.text}`)}`
    opened += await db.$executeRaw(sql`
      insert into review_item (code, person_id, place, created_at, once_key)
      values (${code}, ${seen.personId}::uuid, ${seen.place}, ${at}::timestamptz, ${onceKey})
      on conflict (once_key) do nothing`)
  }
  return opened
}
