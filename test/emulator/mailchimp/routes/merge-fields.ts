// Merge fields of an audience (mailchimp.md §2): five by default; deleting one takes its values with it.
import { pageOf } from '../collections.ts'
import { objectOf, textOf } from '../json.ts'
import { linksTo } from '../presentation.ts'
import { invalidFields, notFound } from '../problems.ts'
import { type Answer, type Call, noContent, ok, type Route } from '../router.ts'
import type { MergeField } from '../state.ts'
import { audienceOf } from './lists.ts'

export const mergeFieldRoutes: Route[] = [
  { method: 'GET', path: '/lists/:list_id/merge-fields', handle: getMergeFields },
  { method: 'POST', path: '/lists/:list_id/merge-fields', handle: addMergeField },
  { method: 'GET', path: '/lists/:list_id/merge-fields/:merge_id', handle: (call) => ok(mergeFieldOf(call)) },
  { method: 'PATCH', path: '/lists/:list_id/merge-fields/:merge_id', handle: updateMergeField },
  { method: 'DELETE', path: '/lists/:list_id/merge-fields/:merge_id', handle: deleteMergeField },
]

function getMergeFields(call: Call): Answer {
  const audience = audienceOf(call)
  const present = (field: MergeField) => ({ ...field, list_id: audience.id })
  const { rows, total } = pageOf(call.query, audience.mergeFields, present)
  const _links = linksTo(call.state, `/lists/${audience.id}/merge-fields`)
  return ok({ merge_fields: rows, list_id: audience.id, total_items: total, _links })
}

function addMergeField(call: Call): Answer {
  const audience = audienceOf(call)
  const sent = objectOf(call.body)
  if (textOf(sent['name']) === '' || textOf(sent['type']) === '') {
    throw invalidFields([{ field: 'name, type', message: 'Required fields were not provided' }])
  }
  const merge_id = Math.max(0, ...audience.mergeFields.map((field) => field.merge_id)) + 1
  const tag = (textOf(sent['tag']) || textOf(sent['name']).replaceAll(/\W/g, '').slice(0, 10)).toUpperCase()
  if (audience.mergeFields.some((field) => field.tag === tag)) {
    throw invalidFields([
      { field: 'tag', message: `A Merge Field with the tag "${tag}" already exists for this list.` },
    ])
  }
  const field = {
    ...sent,
    merge_id,
    tag,
    name: textOf(sent['name']),
    type: textOf(sent['type']),
    required: sent['required'] === true,
  }
  audience.mergeFields.push(field)
  return ok({ ...field, list_id: audience.id })
}

function updateMergeField(call: Call): Answer {
  const field = mergeFieldOf(call)
  Object.assign(field, objectOf(call.body), { merge_id: field.merge_id })
  return ok({ ...field, list_id: call.params['list_id'] })
}

function deleteMergeField(call: Call): Answer {
  const audience = audienceOf(call)
  const gone = mergeFieldOf(call)
  audience.mergeFields = audience.mergeFields.filter((field) => field !== gone)
  for (const member of audience.members.values()) {
    const { [gone.tag]: _value, ...kept } = member.merge_fields
    member.merge_fields = kept
  }
  return noContent
}

function mergeFieldOf(call: Call): MergeField {
  const field = audienceOf(call).mergeFields.find((one) => String(one.merge_id) === call.params['merge_id'])
  if (!field) throw notFound()
  return field
}
