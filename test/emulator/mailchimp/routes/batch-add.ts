// Adding up to 500 members in one call (mailchimp.md §3.1).
import { type AdmissionRules, admit } from '../admission.ts'
import { emailId } from '../audience.ts'
import { type Json, objectOf, textOf } from '../json.ts'
import { linksTo, presentMember } from '../presentation.ts'
import { duplicateItems, invalidFields, invalidResource, ProblemError } from '../problems.ts'
import { type Answer, type Call, ok, type Route, takeTimeFor } from '../router.ts'
import type { Audience } from '../state.ts'
import { audienceOf } from './lists.ts'

export const batchAddRoutes: Route[] = [{ method: 'POST', path: '/lists/:list_id', handle: batchAdd }]

/**
 * Adds up to 500 members at once (mailchimp.md §3.1). Answers 200 even when every row failed: refusals stand in `errors`.
 * Only a duplicate inside the request, or too many rows, refuse the whole call.
 */
async function batchAdd(call: Call): Promise<Answer> {
  const { query } = call
  audienceOf(call)
  const body = objectOf(call.body)
  if (!Array.isArray(body['members']))
    throw invalidFields([{ field: 'members', message: 'Required fields were not provided' }])
  const sent = body['members'].map(objectOf)
  // The wording is an assumption (mailchimp.md §12f).
  if (sent.length > 500) throw invalidResource('The members array may hold at most 500 items.')
  const rows = withoutDuplicates(sent, query['skip_duplicate_check'] === 'true')
  await takeTimeFor(call, rows.length)
  const audience = audienceOf(call)
  const rules = {
    updateExisting: body['update_existing'] === true,
    skipMergeValidation: query['skip_merge_validation'] === 'true',
    syncTags: body['sync_tags'] === true,
  }
  const result = addRows(call, audience, rows, rules)
  return ok({
    ...result,
    total_created: result.new_members.length,
    total_updated: result.updated_members.length,
    error_count: result.errors.length,
    _links: linksTo(call.state, `/lists/${audience.id}`),
  })
}

function addRows({ state }: Call, audience: Audience, rows: Json[], rules: AdmissionRules) {
  const result = { new_members: [] as Json[], updated_members: [] as Json[], errors: [] as Json[] }
  for (const row of rows) {
    try {
      const { member, created } = admit(state, audience, row, rules)
      result[created ? 'new_members' : 'updated_members'].push(presentMember(state, audience, member))
    } catch (error) {
      result.errors.push(errorRow(row, error))
    }
  }
  return result
}

// With skip_duplicate_check the first appearance counts.
function withoutDuplicates(rows: Json[], skipCheck: boolean): Json[] {
  const first = new Map<string, Json>()
  for (const row of rows) {
    const id = emailId(textOf(row['email_address']))
    if (!first.has(id)) first.set(id, row)
    else if (!skipCheck) throw duplicateItems(textOf(row['email_address']))
  }
  return [...first.values()]
}

// The sentence for a member who exists is recorded by many; that the others are the single call's sentences is inferred.
function errorRow(row: Json, error: unknown): Json {
  if (!(error instanceof ProblemError)) throw error
  const email_address = textOf(row['email_address'])
  const { title, detail, errors } = error.problem
  if (title === 'Member Exists') {
    const sentence = `${email_address} is already a list member, do you want to update? please provide update_existing:true in the request body`
    return { email_address, error: sentence, error_code: 'ERROR_CONTACT_EXISTS' }
  }
  const [field] = errors ?? []
  const about = field ? { field: field.field, field_message: field.message } : {}
  return { email_address, error: detail, error_code: 'ERROR_GENERIC', ...about }
}
