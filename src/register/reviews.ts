// Review items: what a person must look at, and the ways to settle it. Settling never grants without source and evidence,
// and never lifts a prohibition.

import type { EmailCell } from '../domain/email-address.ts'
import { BadInput, NotAllowed } from '../domain/errors.ts'
import type { KeyRing } from '../ledger/key-ring.ts'
import { writeAudit } from './audit.ts'
import { type Page, pageOf, pageSize } from './console-overview.ts'
import { type Database, inTransaction, sql } from './database.ts'
import type { Prisma } from './generated/client.ts'
import { mergePeople } from './merging.ts'
import { prohibit } from './permissions.ts'

/** A review item with whom it is about. `detail` holds the doubtful cell, where there is one. */
export type ReviewItem = {
  id: string
  code: string
  personId: string | null
  name: string | null
  place: string | null
  detail: string | null
  createdAt: Date
  resolvedAt: Date | null
  resolution: string | null
}

export type Resolution =
  | { kind: 'permit'; source: string; evidence: string; givenAt: Date | null }
  | { kind: 'prohibit' }
  | { kind: 'correct-email'; cell: EmailCell }
  | { kind: 'merge' }
  | { kind: 'dismiss'; because: string }

export type By = { actor: string; at: Date }

/** Open review items, the oldest first; with `all`, the settled ones too. */
export async function listReviews(db: Database, { all = false } = {}): Promise<ReviewItem[]> {
  return db.$queryRaw<ReviewItem[]>(sql`${items} where ${all} or i.resolved_at is null order by i.id`)
}

const items = sql`
  select i.id::text as id, i.code, i.person_id as "personId", nullif(trim(concat(p.first_name, ' ', p.last_name)), '') as name, i.place,
    i.detail, i.created_at as "createdAt", i.resolved_at as "resolvedAt", i.resolution
  from review_item i left join person p on p.id = i.person_id`

/** One page of open items, the oldest first; of one code, or of all. */
export async function reviewPage(
  db: Database,
  { code, page }: { code: string; page: number },
): Promise<Page<ReviewItem>> {
  return pageOf(
    await db.$queryRaw<ReviewItem[]>(sql`${items} where i.resolved_at is null and (${code} = '' or i.code = ${code})
      order by i.id limit ${pageSize + 1} offset ${page * pageSize}`),
  )
}

/** One item, or null. */
export async function findReview(db: Database, id: string): Promise<ReviewItem | null> {
  if (!/^\d{1,18}$/.test(id)) return null
  const [item] = await db.$queryRaw<ReviewItem[]>(sql`${items} where i.id = ${BigInt(id)}`)
  return item ?? null
}

/**
 * Settles one open item. Permitting needs a source and evidence and is no act of the person's own: it makes a permission usable
 * that waits for review, and lifts nothing. A corrected address goes through the address rules. Dismissing grants nothing.
 * @throws BadInput for an unknown item or a doubtful address, NotAllowed where a rule forbids it.
 */
export async function resolveReview(
  db: Database,
  keys: KeyRing,
  id: string,
  resolution: Resolution,
  by: By,
): Promise<{ id: string; resolution: string; personId: string | null }> {
  return inTransaction(db, async (tx) => {
    const item = await openItem(tx, id)
    const said = await settle(tx, keys, item, resolution, by)
    await close(tx, item, said, by)
    return { id: String(item.id), resolution: said, personId: item.personId }
  })
}

type Tx = Prisma.TransactionClient
type Item = { id: bigint; code: string; personId: string | null; detail: string | null }

async function openItem(tx: Tx, id: string): Promise<Item> {
  const found = /^\d{1,18}$/.test(id) ? await tx.reviewItem.findUnique({ where: { id: BigInt(id) } }) : null
  if (!found) throw new BadInput(`There is no review item ${id}: \`lupa review list\` shows them.`)
  if (found.resolvedAt) throw new NotAllowed(`The review item ${id} has been settled already.`)
  return found
}

async function settle(tx: Tx, keys: KeyRing, item: Item, resolution: Resolution, by: By): Promise<string> {
  if (resolution.kind === 'dismiss') return `dismissed: ${resolution.because}`
  const personId = item.personId
  if (personId === null) throw new NotAllowed(`The review item ${item.id} is about nobody: it can only be dismissed.`)
  if (resolution.kind === 'merge') {
    if (item.code !== 'DUPLICATE_PERSON' || !item.detail)
      throw new NotAllowed(`The review item ${item.id} is not about a duplicate: it cannot be merged.`)
    await mergePeople(tx, keys, personId, item.detail, by)
    return 'merged'
  }
  if (resolution.kind === 'permit') return permitReviewed(tx, personId, resolution, by)
  if (resolution.kind === 'correct-email') return correctAddress(tx, keys, personId, resolution.cell, by)
  await prohibit(tx, {
    personId,
    at: by.at,
    channel: 'review',
    actor: by.actor,
    onceKey: `review|${item.id}|prohibition`,
  })
  return 'prohibited'
}

type Permit = Extract<Resolution, { kind: 'permit' }>

async function permitReviewed(
  tx: Tx,
  personId: string,
  { source, evidence, givenAt }: Permit,
  by: By,
): Promise<string> {
  if (source.trim() === '' || evidence.trim() === '') {
    throw new BadInput('A permission needs its source and its evidence: give both --source and --evidence.')
  }
  await tx.$executeRaw(sql`select from person where id = ${personId}::uuid for update`)
  const [waiting] = await tx.$queryRaw<{ under_review: boolean; permission: string; at: Date | null }[]>(sql`
    select p.under_review, p.permission, (select max(e.at) from permission_entry e
      where e.person_id = p.id and e.says = 'permission' and not e.usable) as at
    from person p where p.id = ${personId}::uuid`)
  if (waiting?.permission === 'prohibition') {
    throw new NotAllowed(
      'This person has prohibited marketing: only their own documented permission changes that (`lupa person permit`).',
    )
  }
  if (!waiting?.under_review) {
    throw new NotAllowed('No permission of this person waits for review: `lupa person permit` records a new one.')
  }
  const at = givenAt ?? waiting.at ?? by.at
  if (at > by.at) throw new BadInput('A permission cannot be given in the future: check --at.')
  await tx.$executeRaw(sql`
    insert into permission_entry (person_id, says, at, channel, actor, source, evidence, usable, once_key, recorded_at)
    values (${personId}::uuid, 'permission', ${at}::timestamptz, 'review', ${by.actor}, ${source}, ${evidence}, true,
      concat_ws('|', 'review', ${personId}::text, extract(epoch from ${at}::timestamptz), md5(${source})), ${by.at}::timestamptz)
    on conflict (once_key) do nothing`)
  await tx.$executeRaw(sql`
    update review_item set resolved_at = ${by.at}::timestamptz, resolved_by = ${by.actor}, resolution = 'permitted', detail = null
    where person_id = ${personId}::uuid and resolved_at is null
      and code in ('PERMISSION_WITHOUT_SOURCE', 'PERMISSION_WITHOUT_DATE', 'PERMISSION_DATE_IN_FUTURE')`)
  return 'permitted'
}

/**
 * Gives a person another address. Its nature decides, as always; an opt-out known only by the old address becomes the person's
 * own first, and an address that was erased cannot be given to anybody. Throws BadInput for what is no clean address.
 */
export async function correctAddress(
  tx: Tx,
  keys: KeyRing,
  personId: string,
  cell: EmailCell,
  { actor, at }: By,
): Promise<'address-corrected'> {
  if (cell.kind !== 'address')
    throw new BadInput('That is not one clean email address: write it as name@company.example.')
  const hashes = keys.hashes('email', cell.matching)
  const barred = await tx.suppression.count({ where: { addressHash: { in: hashes }, kind: 'erased', liftedAt: null } })
  if (barred > 0) throw new NotAllowed('The owner of that address has asked to be erased: it cannot be stored again.')
  const [old] = await tx.$queryRaw<{ at: Date | null }[]>(sql`
    select max(s.at) as at from person p join suppression s on s.address_hash = any (p.address_hashes)
    where p.id = ${personId}::uuid and (p.permission <> 'prohibition' or p.permission_at < s.at) and s.kind = 'opted-out' and (s.lifted_at is null or s.lifted_at <= s.at)`)
  if (old?.at) {
    const onceKey = `carried|${personId}|${old.at.getTime()}`
    await prohibit(tx, {
      personId,
      at: old.at,
      channel: 'review',
      actor,
      onceKey,
      evidence: 'opted out under the address before',
    })
  }
  await tx.person.update({
    where: { id: personId },
    data: {
      email: cell.address,
      emailNature: cell.nature,
      emailDoubtful: false,
      addressHashes: hashes,
      domain: cell.domain,
      bouncedAt: null,
      softBounces: 0,
      verifiedAt: at,
      updatedAt: at,
    },
  })
  await writeAudit(tx, { at, actor, action: 'address-corrected', subject: personId })
  return 'address-corrected'
}

/** The cell is not needed any more once its item is settled. */
async function close(tx: Tx, { id, personId }: Item, resolution: string, { actor, at }: By): Promise<void> {
  await tx.reviewItem.update({
    where: { id },
    data: { resolvedAt: at, resolvedBy: actor, resolution, detail: null },
  })
  const code = resolution.split(':')[0] ?? ''
  await writeAudit(tx, {
    at,
    actor,
    action: 'review-resolved',
    subject: personId,
    facts: { item: Number(id), resolution: code },
  })
}
