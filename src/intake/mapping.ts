// The mapping language: which table and column of somebody's register means what here. One language for every format,
// written in YAML, checked in full before a row is read; a word that is not known is refused, never skipped.
import { parseDocument } from 'yaml'
import * as z from 'zod'
import { activityKinds, groundCodes, relations, sourceCodes } from '../domain/collection.ts'
import { IntakeError } from './intake-error.ts'
import { problemsOf } from './mapping-problems.ts'

export type Mapping = z.infer<typeof mapping>
export type OrganisationMapping = NonNullable<Mapping['organisations']>
export type PersonMapping = Mapping['persons']
export type ActivityMapping = Mapping['activities'][number]

/**
 * Reads a mapping file.
 * @param name how to call it in a sentence for the user
 * @throws IntakeError naming every problem at once, each with its place (`persons.columns.email: …`) and the fix.
 */
export function readMapping(yaml: string, name = 'The mapping'): Mapping {
  const document = parseDocument(yaml, { prettyErrors: false, stringKeys: false })
  const broken = document.errors[0]
  if (broken !== undefined) {
    const line = yaml.slice(0, broken.pos[0]).split('\n').length
    throw new IntakeError(
      `${name} is not valid YAML at line ${line}: check indentation, quotes and repeated keys there.`,
    )
  }
  const written: unknown = document.toJS()
  const read = mapping.safeParse(written)
  if (!read.success)
    throw new IntakeError(`${name} cannot be used.\n${problemsOf(mapping, read.error.issues, written).join('\n')}`)
  return read.data
}

/** YAML reads `1` and `yes` by its own rules; in a list of words they are words. */
const word = z.union([z.string(), z.number(), z.boolean()], { error: 'write a word' }).transform(String)
const words = z.array(word, { error: 'write a list, such as [kyllä, x]' }).min(1, 'write at least one word')
const column = z
  .string({ error: 'write the name of a column, in quotes if it is a number' })
  .trim()
  .min(1, 'write the name of a column, or leave the line out')
const tableName = z
  .string({ error: 'write the name of a table' })
  .trim()
  .min(1, 'write the name of a table, or leave the line out if the file has only one')
const table = tableName.optional()
const separator = z.string().min(1, 'write the separator in quotes, such as ";"').optional()

/** Part of every record's identity, and seen in messages. */
const registerName = z
  .string({ error: 'give the register a short name of its own, such as asiakasrekisteri' })
  .trim()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u, 'use letters, digits, spaces, dots and hyphens, at most 64')

const organisations = z.strictObject({
  table,
  key: column.optional(),
  registerColumn: column.optional(),
  columns: z.strictObject({
    name: column,
    businessId: column.optional(),
    street: column.optional(),
    postalCode: column.optional(),
    city: column.optional(),
    country: column.optional(),
    website: column.optional(),
    phone: column.optional(),
    addedAt: column.optional(),
  }),
})

const relation = z.enum(relations)

const permission = z
  .strictObject({
    permitted: column.optional(),
    prohibited: column.optional(),
    status: z
      .strictObject({ column, permission: words, prohibition: words, unknown: words.optional() })
      .refine(({ permission, prohibition }) => !lower(permission).some((one) => lower(prohibition).includes(one)), {
        error: 'a word stands under both permission and prohibition; leave it under prohibition only',
      })
      .optional(),
    at: column.optional(),
    source: column.optional(),
  })
  .refine(({ status, permitted, prohibited }) => !(status && (permitted || prohibited)), {
    error: 'give either a status column or yes/no columns (permitted, prohibited), not both',
  })
  .refine(({ status, permitted, prohibited }) => status || permitted || prohibited, {
    error: 'name a column: permitted, prohibited or status; leave permission out where the file says nothing',
  })

const persons = z.strictObject({
  table,
  key: column.optional(),
  registerColumn: column.optional(),
  organisationKey: column.optional(),
  organisationRegisterColumn: column.optional(),
  columns: z
    .strictObject({
      firstName: column.optional(),
      lastName: column.optional(),
      fullName: column.optional(),
      title: column.optional(),
      email: column.optional(),
      phone: column.optional(),
      addedAt: column.optional(),
      changedAt: column.optional(),
      verifiedAt: column.optional(),
      notes: z.array(column, { error: 'write a list, such as [Muistiinpanot]' }).default([]),
    })
    .refine(({ firstName, lastName, fullName }) => !(fullName && (firstName || lastName)), {
      error: 'give either fullName or firstName and lastName, not both',
    })
    .refine(({ firstName, lastName, fullName, email }) => firstName || lastName || fullName || email, {
      error: 'name at least one of firstName, lastName, fullName, email',
    }),
  relation: z
    .union([
      relation,
      z.strictObject({
        column,
        separator,
        values: z.record(z.string(), relation).optional(),
        otherwise: relation.default('prospect'),
      }),
    ])
    .default('prospect'),
  tags: z.strictObject({ column, separator }).optional(),
  permission: permission.optional(),
})

const collected = z.strictObject({ source: z.enum(sourceCodes), ground: z.enum(groundCodes).optional() })

/** From what a cell says about where a person came from, to the closed lists of the privacy notice. */
const sources = z.strictObject({
  column: column.optional(),
  values: z.record(z.string(), collected).default({}),
  otherwise: collected.default({ source: 'OTHER' }),
  /** Columns that hold the codes themselves, as an export of this register does. They come before `values`. */
  sourceColumn: column.optional(),
  groundColumn: column.optional(),
})

const activityKind = z.enum(activityKinds)

const activity = z
  .strictObject({
    table: tableName,
    kind: z.union([
      activityKind,
      z.strictObject({
        column,
        values: z.record(z.string(), activityKind),
        otherwise: activityKind.default('other'),
      }),
    ]),
    key: column.optional(),
    personKey: column.optional(),
    organisationKey: column.optional(),
    columns: z
      .strictObject({
        at: column.optional(),
        endedAt: column.optional(),
        title: column.optional(),
        text: column.optional(),
        quantity: column.optional(),
        price: column.optional(),
      })
      .default({}),
  })
  .refine(({ personKey, organisationKey }) => personKey || organisationKey, {
    error: 'name the column that says whose activity it is: personKey or organisationKey',
  })

const mapping = z.strictObject({
  register: registerName,
  /** Columns that a file may lack. Every other column must be there: a lost prohibition column must not pass. */
  optionalColumns: z.array(column, { error: 'write a list of column names' }).default([]),
  organisations: organisations.optional(),
  persons,
  sources: sources.optional(),
  activities: z.array(activity, { error: 'write a list, each entry beginning with "- table:"' }).default([]),
})

function lower(list: readonly string[]): string[] {
  return list.map((one) => one.toLowerCase())
}
