// Where all configuration comes in: the environment (about this machine) and lupa.yaml (about the company).
// The only reader of process.env. Every problem is reported at once, each with its place and an example.
import { existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { formatDuration, parseDuration } from './domain/duration.ts'
import { BadInput } from './domain/errors.ts'
import { dataCategories } from './domain/retention.ts'

const maxSettleMs = 14 * 86_400_000

/** A duration in milliseconds, written like 72h. */
export const duration = z.string().transform((text, ctx) => {
  const ms = parseDuration(text)
  if (ms === null) ctx.addIssue({ code: 'custom', message: 'is not a duration; write it like 72h, 15m, 14d or 0' })
  return ms ?? 0
})

/** The settle window in milliseconds: 0 to 14 days. */
export const settleWindow = duration.refine((ms) => ms <= maxSettleMs, {
  message: `is longer than ${formatDuration(maxSettleMs)}; the settle window is 0 to 14d`,
})

const url = (protocols: RegExp, example: string) =>
  z.string().refine((text) => URL.canParse(text) && protocols.test(new URL(text).protocol), {
    message: `is not an address like ${example}`,
  })
const flag = z.enum(['true', 'false'], { error: 'is neither true nor false' }).transform((text) => text === 'true')
const whole = (least: number, most: number) =>
  z.string().transform((text, ctx) => {
    const number = Number(text)
    const fits = Number.isInteger(number) && number >= least && number <= most
    if (!fits) ctx.addIssue({ code: 'custom', message: `is not a whole number from ${least} to ${most}` })
    return number
  })

const environment = z
  .object({
    LUPA_HOME: z.string().default('.lupa'),
    LUPA_CONFIG: z.string().optional(),
    DATABASE_URL: url(/^postgres(ql)?:$/, 'postgresql://lupa@db.example/lupa').optional(),
    DATABASE_URL_SYNC: url(/^postgres(ql)?:$/, 'postgresql://lupa_sync@db.example/lupa').optional(),
    DATABASE_URL_WORKER: url(/^postgres(ql)?:$/, 'postgresql://lupa_worker@db.example/lupa').optional(),
    DATABASE_URL_WEB: url(/^postgres(ql)?:$/, 'postgresql://lupa_web@db.example/lupa').optional(),
    LUPA_DATABASE_CONNECTIONS: whole(2, 50).prefault('6'),
    REDIS_URL: url(/^rediss?:$/, 'redis://127.0.0.1:6379').optional(),
    LUPA_QUEUE_PREFIX: z
      .string()
      .regex(/^[a-z0-9-]+$/, 'has other characters than a-z, 0-9 and -')
      .default('lupa'),
    MAILCHIMP_API_KEY: z.string().regex(/^\S+$/, 'has a space in it').optional(),
    MAILCHIMP_ACCOUNT_ID: z.string().min(1).optional(),
    MAILCHIMP_BASE_URL: url(/^https?:$/, 'http://127.0.0.1:4010/3.0').optional(),
    LUPA_PUBLIC_URL: url(/^https?:$/, 'https://uutiskirje.yritys.example').optional(),
    LUPA_SECRET_KEYS: z.string().optional(),
    LUPA_LEDGER: z.string().optional(),
    LUPA_SETTLE: settleWindow.prefault('72h'),
    LUPA_POLL: duration.prefault('15m'),
    LUPA_FEEDBACK_ALARM: duration.prefault('1h'),
    LUPA_TOOL_CONNECTIONS: whole(1, 10).prefault('8'),
    LUPA_TOOL_TIMEOUT: duration
      .refine((ms) => ms >= 1000 && ms <= 120_000, {
        message: 'is not from 1s to 2m: the tool itself gives up after 2m',
      })
      .prefault('2m'),
    TOOL_TRANSFER_ALLOWED: flag.prefault('true'),
    SMTP_URL: url(/^smtps?:$/, 'smtp://localhost:25').optional(),
    PORT: whole(0, 65_535).prefault('3000'),
    HOST: z.string().min(1).optional(),
    OTEL_EXPORTER_OTLP_ENDPOINT: url(/^https?:$/, 'http://127.0.0.1:4318').optional(),
    LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  })
  // Mailchimp's own address is made from the end of the key; another endpoint needs no such end.
  .refine(({ MAILCHIMP_API_KEY: key, MAILCHIMP_BASE_URL: base }) => !key || base || /-[a-z]{2}\d+$/.test(key), {
    path: ['MAILCHIMP_API_KEY'],
    message: 'does not end with its server, like …-us21',
  })

/** The name of every environment variable there is, in the order of .env.example. */
export const environmentVariables = Object.keys(environment.shape)

const text = z.string().trim().min(1)
const lifetime = z
  .string()
  .regex(/^\d+(d|mo|y)$/, 'is not a lifetime; write it like 5y, 18mo or 90d')
  .transform((written) => {
    const days = { d: 1, mo: 30, y: 365 }[written.replace(/\d+/, '') as 'd' | 'mo' | 'y']
    return Number.parseInt(written, 10) * days
  })

const company = z.strictObject({
  language: z.enum(['fi', 'en']).default('fi'),
  controller: z.strictObject({
    name: text,
    businessId: text.refine(isBusinessId, { message: 'is not a Finnish business id; its check digit does not fit' }),
    street: text,
    postalCode: text,
    city: text,
    country: z.string().length(2, 'is not a country code of two letters, like FI').default('FI'),
  }),
  responsible: z.strictObject({ name: text, email: z.email('is not an email address'), phone: text.optional() }),
  register: z.strictObject({ name: text }),
  /** `file`: its text as published, .txt, .md or .html, beside lupa.yaml; what `lupa notice gaps` reads. */
  notice: z.strictObject({ version: text, url: z.url('is not a web address'), file: text.optional() }),
  lifetimes: z.strictObject(Object.fromEntries(dataCategories.map((category) => [category, lifetime]))),
  /** The balancing test behind legitimate interest (GDPR Art. 6(1)(f), R-14): where it is kept, and its date. */
  legitimateInterest: z
    .strictObject({ assessment: text, date: z.iso.date('is not a date like 2026-01-31') })
    .optional(),
  /** What is deleted as soon as its lifetime is over; the rest waits for `lupa retention run` (R-20). */
  automatic: z.array(z.enum(dataCategories)).default([]),
  tool: z.strictObject({
    agreement: z.strictObject({ version: text, date: z.iso.date('is not a date like 2026-01-31') }),
    transfer: z.strictObject({
      mechanism: z.enum(['DPF', 'SCC']),
      checkedAt: z.iso.date('is not a date like 2026-01-31'),
      nextCheck: z.iso.date('is not a date like 2027-01-31'),
    }),
  }),
  /** The most people one campaign may reach, and one other disclosure. */
  ceilings: z.strictObject({
    recipients: z.int().positive('is not a whole number above 0'),
    disclosure: z.int().positive('is not a whole number above 0').default(100),
  }),
  /** To whom else something may be handed, and why (R-16, R-47); an authority with the law behind it need not be here. */
  disclosures: z
    .array(z.strictObject({ to: text, reason: z.enum(['PROCESSOR', 'JUSTIFIED']), ground: text }))
    .default([]),
  alarms: z.array(z.email('is not an email address')).min(1),
  /** Where backups go (default LUPA_HOME/backups), and after how many days one is deleted. */
  backups: z.strictObject({ folder: text.optional(), keep: lifetime.default(35) }).prefault({}),
  look: z.strictObject({ colour: z.string().regex(/^#[0-9a-f]{6}$/i, 'is not a colour like #2f5d3a') }).optional(),
})

/** What lupa.yaml says about the company: who is responsible, lifetimes in days, the tool's agreement, ceilings in contacts. */
export type Company = z.infer<typeof company>

/** Everything this process was told. Durations in ms; paths absolute. `company` is null where there is no lupa.yaml yet. */
export type Config = {
  home: string
  companyFile: string
  company: Company | null
  database: {
    url: string | null
    /** At most so many for each login and process. */
    connections: number
    roleUrls: { sync: string | null; worker: string | null; web: string | null }
  }
  redisUrl: string | null
  queuePrefix: string
  mailchimp: { apiKey: string | null; accountId: string | null; baseUrl: string | null }
  publicUrl: string | null
  secretKeys: string | null
  ledger: string
  settleMs: number
  pollMs: number
  /** Feedback that waits longer than this to be applied is an alarm. */
  feedbackAlarmMs: number
  toolConnections: number
  /** How long one call of the tool may take. */
  toolTimeoutMs: number
  toolTransferAllowed: boolean
  smtpUrl: string | null
  port: number
  /** The address to listen on: everybody's where the public is to reach us, else this machine's. */
  host: string
  /** Where traces go; null: nothing is traced. */
  tracesTo: string | null
  logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** Whether LOG_LEVEL was said; a command that was not told stays quiet. */
  logLevelGiven: boolean
  hostname: string
}

/** Reads the environment and lupa.yaml. Throws BadInput that lists every problem at once. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''))
  const read = environment.safeParse(given)
  if (!read.success) throw new BadInput(problems('The environment has', read.error))
  const vars = read.data
  const home = path.resolve(vars.LUPA_HOME)
  const companyFile = companyFileOf(given)
  if (vars.LUPA_CONFIG && !existsSync(companyFile)) {
    throw new BadInput(
      `LUPA_CONFIG names ${companyFile}, and there is no such file: correct it, or make the file with \`lupa init\`.`,
    )
  }
  return {
    home,
    companyFile,
    company: existsSync(companyFile) ? readCompany(companyFile) : null,
    database: {
      url: vars.DATABASE_URL ?? null,
      connections: vars.LUPA_DATABASE_CONNECTIONS,
      roleUrls: {
        sync: vars.DATABASE_URL_SYNC ?? null,
        worker: vars.DATABASE_URL_WORKER ?? null,
        web: vars.DATABASE_URL_WEB ?? null,
      },
    },
    redisUrl: vars.REDIS_URL ?? null,
    queuePrefix: vars.LUPA_QUEUE_PREFIX,
    mailchimp: {
      apiKey: vars.MAILCHIMP_API_KEY ?? null,
      accountId: vars.MAILCHIMP_ACCOUNT_ID ?? null,
      baseUrl: vars.MAILCHIMP_BASE_URL ?? null,
    },
    publicUrl: vars.LUPA_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    secretKeys: vars.LUPA_SECRET_KEYS ?? null,
    ledger: path.resolve(vars.LUPA_LEDGER ?? path.join(home, 'ledger')),
    settleMs: vars.LUPA_SETTLE,
    pollMs: vars.LUPA_POLL,
    feedbackAlarmMs: vars.LUPA_FEEDBACK_ALARM,
    toolConnections: vars.LUPA_TOOL_CONNECTIONS,
    toolTimeoutMs: vars.LUPA_TOOL_TIMEOUT,
    toolTransferAllowed: vars.TOOL_TRANSFER_ALLOWED,
    smtpUrl: vars.SMTP_URL ?? null,
    port: vars.PORT,
    host: vars.HOST ?? (vars.LUPA_PUBLIC_URL ? '0.0.0.0' : '127.0.0.1'),
    tracesTo: vars.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
    logLevel: vars.LOG_LEVEL,
    logLevelGiven: Boolean(given['LOG_LEVEL']),
    hostname: hostname(),
  }
}

/** Where lupa.yaml is, or would be: what `lupa init` needs to know when there is none yet, or a broken one. */
export function companyFileOf(env: NodeJS.ProcessEnv = process.env): string {
  return path.resolve(env['LUPA_CONFIG'] || path.join(env['LUPA_HOME'] || '.lupa', 'lupa.yaml'))
}

/** Takes what a file `.env` in the current folder says into the environment; what is set already wins. */
export function loadEnvironmentFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env')
}

/** Whether an unexpected error may show where it came from. */
export function debugging(env: NodeJS.ProcessEnv = process.env): boolean {
  return env['LOG_LEVEL'] === 'debug' || env['LOG_LEVEL'] === 'trace'
}

/** Reads and checks one lupa.yaml. Throws BadInput that lists every problem at once, each with its place. */
export function readCompany(file: string): Company {
  const checked = company.safeParse(readYaml(file))
  if (!checked.success) throw new BadInput(problems(`${file} has`, checked.error))
  return checked.data
}

/** A YAML file as plain data. Throws BadInput naming the file, the line and the fix. */
export function readYaml(file: string): unknown {
  const text = readText(file)
  const document = parseDocument(text, { prettyErrors: false })
  const [broken] = document.errors
  if (!broken) return document.toJS()
  const line = text.slice(0, broken.pos[0]).split('\n').length
  throw new BadInput(
    `${file} is not valid YAML at line ${line}: check indentation, quotes and repeated keys there (text with a colon needs quotes).`,
  )
}

function readText(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new BadInput(`There is no file ${file}: check the name and the folder.`)
    if (code === 'EISDIR') throw new BadInput(`${file} is a folder: name the .yaml file inside it.`)
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw new BadInput(`${file} is not UTF-8 text: save it again with the encoding UTF-8.`)
    throw new BadInput(`${file} cannot be read (${code}): check that you may open it.`)
  }
}

/** One sentence a problem, each with its place and never with its value: `DATABASE_URL is not an address like …`. */
export function problems(lead: string, error: z.ZodError): string {
  const lines = error.issues.flatMap(worded)
  return lines.length === 1
    ? `${lead} a problem: ${lines[0]}.`
    : `${lead} problems:\n${lines.map((l) => `  - ${l}`).join('\n')}`
}

/** Our own messages stay; zod's, which speak to programmers, are put into plain words. */
function worded(issue: z.core.$ZodIssue): string[] {
  const place = issue.path.join('.') || 'the file'
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(
        (key) => `${[...issue.path, key].join('.')} is not known here: correct its spelling, or remove it`,
      )
    case 'invalid_type':
      if (/received undefined/.test(issue.message)) return [`${place} is missing: add it`]
      if (/received null/.test(issue.message) && issue.path.length > 0) return [`${place} is empty: fill it in`]
      return [`${place} ${wanted[issue.expected] ?? 'is not what belongs here'}`]
    case 'invalid_value':
      if (!issue.message.startsWith('Invalid')) return [`${place} ${issue.message}`]
      return [`${place} is none of ${issue.values.join(', ')}`]
    case 'too_small':
      return [
        `${place} ${issue.origin === 'string' || issue.origin === 'array' ? 'is empty: fill it in' : 'is too small'}`,
      ]
    default:
      return [`${place} ${issue.message.startsWith('Invalid') ? 'is not what belongs here' : issue.message}`]
  }
}

const wanted: Record<string, string> = {
  string: 'is not text: put it in quotes',
  number: 'is not a number',
  int: 'is not a whole number',
  array: 'is not a list: write it like [one, two]',
  object: 'does not hold lines of the form "name: value"',
}

/** Whether the check digit of a Finnish business id (Y-tunnus) fits. */
export function isBusinessId(id: string): boolean {
  const match = /^(\d{7})-(\d)$/.exec(id)
  if (!match) return false
  const weights = [7, 9, 10, 5, 8, 4, 2]
  const sum = weights.reduce((total, weight, place) => total + weight * Number(match[1]?.[place]), 0)
  const rest = sum % 11
  return rest !== 1 && Number(match[2]) === (rest === 0 ? 0 : 11 - rest)
}
