// What an owner may order about one person, as forms on their page.
import { exemptionGrounds, type GroundCode, isIndirect, type SourceCode } from '../../domain/collection.ts'
import { restrictionGrounds } from '../../domain/restriction.ts'
import { holdReasons } from '../../domain/retention.ts'
import { meansOfInforming } from '../../register/information.ts'
import type { describePerson } from '../../register/people.ts'
import { choicesOf } from './code-words.ts'
import type { Desk } from './console-routes.ts'
import { groundForm } from './ground-form.ts'
import { type Field, orderForm } from './order-form.ts'
import { personFormWords } from './person-form-words.ts'

/** Ways in which somebody says yes or no to a company. */
export const spokenChannels = ['mail', 'phone', 'letter', 'in-person', 'form'] as const

type Described = Awaited<ReturnType<typeof describePerson>>

/** The forms; a form that cannot be used now is not there. */
export function personForms(desk: Desk, person: Described): { permission: string; rights: string } {
  const { language } = desk
  const says = personFormWords[language]
  const to = (name: string) => `/console/people/${person.id}/${name}`
  const channel: Field = {
    kind: 'choice',
    name: 'channel',
    label: says.channel,
    choices: choicesOf('channel', spokenChannels, language),
  }
  const day: Field = { kind: 'date', name: 'at', label: says.day, hint: says.dayHint }
  const text = (name: string, label: string, value: string | null = '', required = false): Field => ({
    kind: 'text',
    name,
    label,
    value: value ?? '',
    required,
  })
  const permission = [
    orderForm(desk, {
      ...{ action: to('permit'), fold: says.permit.name, button: says.permit.button, says: says.permit.says },
      fields: [
        channel,
        text('source', says.source, '', true),
        text('evidence', says.evidence, '', true),
        text('wording', says.wording),
        day,
      ],
    }),
    orderForm(desk, {
      ...{ action: to('prohibit'), fold: says.prohibit.name, button: says.prohibit.button, says: says.prohibit.says },
      fields: [channel, text('evidence', says.heard), day],
    }),
  ]
  const restriction = person.restrictedAt
    ? orderForm(desk, {
        ...{ action: to('release'), fold: says.release.name, button: says.release.button, says: says.release.says },
        fields: [{ kind: 'check', name: 'told', label: says.told, required: true }],
      })
    : orderForm(desk, {
        ...{ action: to('restrict'), fold: says.restrict.name, button: says.restrict.button, says: says.restrict.says },
        fields: [
          {
            kind: 'choice',
            name: 'because',
            label: says.ground,
            choices: choicesOf('restriction', restrictionGrounds, language),
          },
        ],
      })
  const upkeep = [
    orderForm(desk, {
      action: to('verified'),
      fold: says.verified.name,
      button: says.verified.button,
      says: says.verified.says,
    }),
    ...informationForms(desk, person, to, day),
  ]
  const rights = [
    orderForm(desk, {
      ...{ action: to('report'), fold: says.report.name, button: says.report.button, says: says.report.says },
      ...{
        as: { name: 'as', value: 'html' },
        more: [
          { name: 'as', value: 'json', label: says.report.json },
          { name: 'as', value: 'csv', label: says.report.portable },
        ],
      },
      fields: person.notes > 0 ? [{ kind: 'check', name: 'notes', label: says.report.notes, checked: true }] : [],
    }),
    orderForm(desk, {
      ...{ action: to('correct'), fold: says.correct.name, button: says.correct.button, says: says.correct.says },
      fields: [
        ...[text('firstName', says.firstName, person.firstName), text('lastName', says.lastName, person.lastName)],
        ...[
          text('title', says.title, person.title),
          text('phone', says.phone, person.phone),
          text('email', says.email, person.email),
        ],
      ],
    }),
    restriction,
    orderForm(desk, {
      ...{ action: to('hold'), fold: says.hold.name, button: says.hold.button, says: says.hold.says },
      fields: [
        { kind: 'choice', name: 'because', label: says.holdReason, choices: choicesOf('hold', holdReasons, language) },
        text('text', says.why, '', true),
        { kind: 'date', name: 'until', label: says.until, required: true },
      ],
    }),
    orderForm(desk, {
      ...{
        action: to('erase'),
        fold: says.erase.name,
        button: says.erase.button,
        says: says.erase.says,
        look: 'danger' as const,
      },
      fields: [
        {
          kind: 'choice',
          name: 'because',
          label: says.eraseWhy,
          choices: [
            { value: 'request', label: says.theyAsked },
            { value: 'operator', label: says.weDecided },
          ],
        },
        { kind: 'check', name: 'sure', label: says.sure, required: true },
      ],
    }),
  ]
  return {
    permission: permission.join(''),
    rights: [...rights.slice(0, 2), ...upkeep, groundForm(desk, person.id), ...rights.slice(2)].join(''),
  }
}

/** That somebody whose data came from others was told, or need not be. */
function informationForms(desk: Desk, person: Described, to: (name: string) => string, day: Field): string[] {
  const { language } = desk
  const { informed, exempt, notExempt, ground, why } = personFormWords[language]
  const open = person.collected.filter(
    (one) =>
      one.informedAt === null &&
      isIndirect({ source: one.source as SourceCode, ground: one.ground as GroundCode | null }),
  )
  if (open.length === 0) return []
  const by = choicesOf('channel', meansOfInforming, language)
  const grounds = choicesOf('exemption', exemptionGrounds, language)
  const isExempt = open.some((one) => one.exemptAt !== null)
  const wasTold = person.collected.some((one) => one.informedAt !== null)
  return [
    orderForm(desk, {
      ...{ action: to('informed'), fold: informed.name, button: informed.button, says: informed.says },
      fields: [{ kind: 'choice', name: 'by', label: informed.by, choices: by }, day],
    }),
    isExempt
      ? orderForm(desk, {
          ...{ action: to('not-exempt'), fold: notExempt.name, button: notExempt.button, says: notExempt.says },
          fields: [],
        })
      : wasTold
        ? ''
        : orderForm(desk, {
            ...{ action: to('exempt'), fold: exempt.name, button: exempt.button, says: exempt.says },
            fields: [
              { kind: 'choice', name: 'ground', label: ground, choices: grounds },
              { kind: 'text', name: 'because', label: why, value: '', required: true },
            ],
          }),
  ]
}
