// Forms: the fields, the hidden token, the button that says what it does. A viewer is shown none.
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import { BadInput } from '../../domain/errors.ts'
import { readDate } from '../../intake/cell-values.ts'
import type { PageLanguage } from '../page-language.ts'
import { rendered } from '../public-page.ts'
import type { Desk } from './console-routes.ts'

type Common = { name: string; label: string; hint?: string; required?: boolean }
export type Field =
  | (Common & {
      kind: 'text' | 'email' | 'date' | 'datetime-local' | 'number' | 'password'
      value?: string
      most?: number
      autofocus?: boolean
    })
  | (Common & { kind: 'area'; value?: string; code?: boolean })
  | (Common & { kind: 'choice'; choices: { value: string; label: string }[]; value?: string; none?: string })
  | (Common & { kind: 'check'; value?: string; checked?: boolean })
  | (Common & { kind: 'file'; accept: string })
  | { kind: 'hidden'; name: string; value: string }
  /** Several fields that answer one question. */
  | { kind: 'group'; label: string; hint?: string; fields: Field[] }

export type OrderForm = {
  action: string
  button: string
  fields?: Field[]
  /** What will happen, and to how many, before the button. */
  says?: string
  /** `danger`: it cannot be taken back. `main`: the one thing the page is for. `plain`: looks like a link. */
  look?: 'danger' | 'main' | 'plain'
  /** The name under which the form is folded away. */
  fold?: string
  open?: boolean
  /** With files. */
  upload?: boolean
  /** Further buttons: name and value are posted with the rest. */
  more?: { name: string; value: string; label: string }[]
  /** The name and value of the first button, where there are several. */
  as?: { name: string; value: string }
  /** Shown to viewers too: it changes nothing. */
  asks?: boolean
  row?: boolean
}

/** One form, or nothing for an account that may only look. */
export function orderForm({ csrf, owner }: Pick<Desk, 'csrf' | 'owner'>, form: OrderForm): string {
  if (!owner && !form.asks) return ''
  const prefix = form.action.replace(/^\/console\//, '').replace(/[^a-z0-9]+/gi, '-')
  const fields = shownFields(form.fields ?? [], prefix)
  return rendered(body, {
    ...{ says: null, look: null, fold: null, open: false, upload: false, more: [], as: null, row: false },
    ...form,
    fields,
    csrf,
  })
}

/** Every field with all its parts; a group begins and ends where its fields do. */
function shownFields(fields: Field[], prefix: string): object[] {
  const none = { hint: null, required: false, value: '', code: false, none: null, most: null, checked: false }
  return fields.flatMap((field) => {
    if (field.kind !== 'group')
      return [
        {
          ...none,
          ...field,
          id: `${prefix}-${field.name}${field.kind === 'check' && field.value ? `-${field.value}` : ''}`,
        },
      ]
    const { label, hint = null } = field
    return [
      { ...none, kind: 'group', label, hint },
      ...shownFields(field.fields, prefix),
      { ...none, kind: 'group-end' },
    ]
  })
}

const label = `<label for="<%= field.id %>"><%= field.label %></label>`
const hint = `<% if (field.hint) { %><p class="hint" id="<%= field.id %>-hint"><%= field.hint %></p><% } %>`
const about = `<% if (field.hint) { %> aria-describedby="<%= field.id %>-hint"<% } %><% if (field.required) { %> required<% } %>`

const body = `<% if (it.fold) { %><details<% if (it.open) { %> open<% } %>><summary<% if (it.look === 'danger') { %> class="wrong"<% } %>><%= it.fold %></summary><% } %>
<form method="post" action="<%= it.action %>"<% if (it.upload) { %> enctype="multipart/form-data"<% } %><% if (it.row) { %> class="row"<% } %>>
<input type="hidden" name="csrf" value="<%= it.csrf %>">
<% if (it.says) { %><p><%= it.says %></p><% } %>
<% for (const field of it.fields) { switch (field.kind) {
case 'hidden': %><input type="hidden" name="<%= field.name %>" value="<%= field.value %>">
<% break; case 'group': %><fieldset><legend><%= field.label %></legend><% if (field.hint) { %><p class="hint"><%= field.hint %></p><% } %>
<% break; case 'group-end': %></fieldset>
<% break; case 'area': %><div class="field wide">${label}<textarea id="<%= field.id %>" name="<%= field.name %>"<% if (field.code) { %> class="code" spellcheck="false"<% } %>${about}><%= field.value %></textarea>${hint}</div>
<% break; case 'choice': %><div class="field">${label}<select id="<%= field.id %>" name="<%= field.name %>"${about}><% if (field.none !== null) { %><option value=""><%= field.none %></option><% } %><% for (const one of field.choices) { %><option value="<%= one.value %>"<% if (one.value === field.value) { %> selected<% } %>><%= one.label %></option><% } %></select>${hint}</div>
<% break; case 'check': %><div class="field"><label class="choice"><input type="checkbox" id="<%= field.id %>" name="<%= field.name %>" value="<%= field.value || 'yes' %>"<% if (field.checked) { %> checked<% } %>${about}> <bdi><%= field.label %></bdi></label>${hint}</div>
<% break; case 'file': %><div class="field">${label}<input type="file" id="<%= field.id %>" name="<%= field.name %>" accept="<%= field.accept %>"${about}>${hint}</div>
<% break; default: %><div class="field">${label}<input type="<%= field.kind %>" id="<%= field.id %>" name="<%= field.name %>" value="<%= field.value %>"<% if (field.most) { %> maxlength="<%= field.most %>"<% } %><% if (field.kind === 'password') { %> autocomplete="off"<% } %>${about}>${hint}</div>
<% } } %>
<p class="row"><button<% if (it.look) { %> class="<%= it.look %>"<% } %><% if (it.as) { %> name="<%= it.as.name %>" value="<%= it.as.value %>"<% } %>><%= it.button %></button><% for (const one of it.more) { %><button name="<%= one.name %>" value="<%= one.value %>"><%= one.label %></button><% } %></p>
</form><% if (it.fold) { %></details><% } %>
`

/** What a form carried, as the schema has it. Throws BadInput naming the fields that do not fit. */
export function given<T extends z.ZodType>(
  request: Pick<FastifyRequest, 'body'>,
  schema: T,
  language: PageLanguage,
): z.infer<T> {
  const read = schema.safeParse(request.body ?? {})
  if (read.success) return read.data
  const fields = [...new Set(read.error.issues.map(({ path }) => path.join('.')))].join(', ')
  throw new BadInput(`${words[language].unfit} ${fields}`)
}

/** A day that has been, as a date field gives it: its first moment in Helsinki; null when it is empty. Throws BadInput for the future. */
export function pastDay(text: string, now: Date, language: PageLanguage): Date | null {
  const at = readDate(text)
  if (at === null) return null
  if (at === 'unreadable') throw new BadInput(words[language].noDay)
  if (at > now) throw new BadInput(words[language].future)
  return at
}

const words = {
  fi: {
    unfit: 'Lomakkeella on kohta, joka puuttuu tai ei käy:',
    noDay: 'Päivää ei voi lukea. Kirjoita se näin: 20.11.2026.',
    future: 'Päivä on tulevaisuudessa. Anna päivä, jona se tapahtui.',
  },
  en: {
    unfit: 'Something in the form is missing or does not fit:',
    noDay: 'The day cannot be read. Write it like 2026-11-20.',
    future: 'The day is in the future. Give the day on which it happened.',
  },
} as const
