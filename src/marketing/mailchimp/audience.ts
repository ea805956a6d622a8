// The throw-away audience of one campaign: opened, trimmed to first and last name, deleted. Mailchimp calls it a list.
import { Refused, Unavailable } from '../../domain/errors.ts'
import type { AudienceOpening } from '../marketing-tool.ts'
import * as answers from './answers.ts'
import type { Client } from './client.ts'
import { deletedOrRefused, orIfAbsent } from './failures.ts'
import { everyRow, pageSize } from './paging.ts'

export type Audience = { id: string; name: string; createdAt: Date | null }

/** Every audience of the account. */
export async function audiences({ call }: Client): Promise<Audience[]> {
  const fields = ['lists.id', 'lists.name', 'lists.date_created', 'total_items']
  const rows = await everyRow(
    (offset) =>
      call('reads', answers.audiencePage, (sdk) => sdk.lists.getAllLists({ fields, count: pageSize, offset })),
    ({ id }) => id,
  )
  return rows.map(({ id, name, date_created: createdAt }) => ({ id, name, createdAt }))
}

/**
 * Finds the audience of this very name (an earlier answer may have been lost), else creates it; then deletes every
 * merge field but FNAME and LNAME and reads them back. Throws Refused when others stay, or one of the two is missing.
 */
export async function openAudience(client: Client, opening: AudienceOpening): Promise<{ audienceId: string }> {
  const found = (await audiences(client)).find(({ name }) => name === opening.name)
  const audienceId = found?.id ?? (await createAudience(client, opening))
  for (const { merge_id } of (await fieldsOf(client, audienceId)).filter(isSurplus)) {
    const deletion = client.call('changes', answers.nothing, (sdk) =>
      sdk.lists.deleteListMergeField(audienceId, merge_id),
    )
    await orIfAbsent(deletion, null)
  }
  const left = (await fieldsOf(client, audienceId)).map(({ tag }) => tag)
  if (left.length !== ourFields.length || !ourFields.every((tag) => left.includes(tag))) {
    const held = left.join(', ') || 'none'
    throw new Refused(`the audience has the fields ${held}, not just FNAME and LNAME: delete the others in Mailchimp`)
  }
  return { audienceId }
}

/** Deletes the audience; one that is absent counts as deleted. */
export async function deleteAudience({ call }: Client, audienceId: string): Promise<'deleted' | { refused: string }> {
  return deletedOrRefused(call('changes', answers.nothing, (sdk) => sdk.lists.deleteList(audienceId)))
}

export async function audienceExists({ call }: Client, audienceId: string): Promise<boolean> {
  const asked = call('reads', answers.audience, (sdk) => sdk.lists.getList(audienceId, { fields: ['id'] }))
  return (await orIfAbsent(asked, null)) !== null
}

/** The only fields an audience of ours keeps besides the address. */
const ourFields = ['FNAME', 'LNAME']
const isSurplus = ({ tag }: { tag: string }): boolean => !ourFields.includes(tag)

async function createAudience({ call }: Client, opening: AudienceOpening): Promise<string> {
  const { id } = await call('changes', answers.audience, (sdk) => sdk.lists.createList(creationBody(opening)))
  return id
}

/** Single opt-in, because the register holds the permission; nobody is notified, no public archive. */
function creationBody(opening: AudienceOpening): object {
  return {
    name: opening.name,
    contact: {
      company: opening.company,
      address1: opening.street,
      city: opening.city,
      state: '',
      zip: opening.postalCode,
      country: opening.country,
    },
    permission_reminder: opening.permissionReminder,
    campaign_defaults: {
      from_name: opening.fromName,
      from_email: opening.fromEmail,
      subject: opening.subject,
      language: opening.language,
    },
    email_type_option: false,
    double_optin: false,
    marketing_permissions: false,
    use_archive_bar: false,
    notify_on_subscribe: '',
    notify_on_unsubscribe: '',
  }
}

async function fieldsOf({ call }: Client, audienceId: string) {
  const fields = ['merge_fields.merge_id', 'merge_fields.tag', 'total_items']
  const read = everyRow(
    (offset) =>
      call('reads', answers.fieldPage, (sdk) =>
        sdk.lists.getListMergeFields(audienceId, { fields, count: pageSize, offset }),
      ),
    ({ merge_id }) => merge_id,
  )
  const rows = await orIfAbsent(read, null)
  // A part of a list may answer 404 for a moment after the list was made.
  if (!rows) throw new Unavailable('the audience just opened cannot be read yet')
  return rows
}
