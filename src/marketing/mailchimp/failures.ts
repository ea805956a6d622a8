// What a failed call means: status and title → RateLimited | Unavailable | Refused (mailchimp.md §7), and the one table
// of English sentences for the places where Mailchimp tells by nothing else. No message ever names a person.
import { z } from 'zod'
import { RateLimited, Refused, Unavailable } from '../../domain/errors.ts'

/** Whether a call only reads, or may have changed something when its answer is lost. */
export type Effect = 'reads' | 'changes'

/** A refusal with what the adapter may decide by: HTTP status, Mailchimp's own title and detail, without addresses. */
export class MailchimpRefusal extends Refused {
  readonly status: number
  readonly title: string
  readonly detail: string
  constructor(sentence: string, problem: { status: number; title: string; detail: string }) {
    super(sentence)
    this.status = problem.status
    this.title = problem.title
    this.detail = problem.detail
  }
}

/**
 * Translates whatever the SDK threw for one call. 429, and 403 without a body, ask us to wait; 4xx with a problem
 * document is a refusal; everything else may pass, with `outcomeUnknown` when the call may have had its effect.
 */
export function failureOf(thrown: unknown, effect: Effect): RateLimited | Unavailable | Refused {
  if (thrown instanceof RateLimited || thrown instanceof Unavailable || thrown instanceof Refused) return thrown
  const { status, code, response } = failedCall.parse(thrown)
  const outcomeUnknown = effect === 'changes'
  if (thrown instanceof SyntaxError) return new Unavailable('Mailchimp’s answer was not JSON', { outcomeUnknown })
  if (status === undefined) return withoutAnswer(code ?? nameOf(thrown), outcomeUnknown)
  if (status >= 500 || status < 400) {
    return new Unavailable(`Mailchimp failed (HTTP ${status}); it will be asked again`, { outcomeUnknown })
  }

  const problem = problemDocument.safeParse(response?.body).data
  if (status === 429) return new RateLimited(waitMs(response?.headers, 10_000))
  if (status === 403 && !problem) return new RateLimited(waitMs(response?.headers, 60_000))
  // A proxy in between may say 404 without knowing; only Mailchimp's own document counts as "there is no such thing".
  if (status === 404 && !problem) return new Unavailable('a 404 that is not Mailchimp’s own', { outcomeUnknown })
  return refusal(status, problem ?? { title: '', detail: '', errors: [] })
}

/** Runs `ask`; a 404 of Mailchimp's own gives `instead`. Every other failure passes through. */
export async function orIfAbsent<T, I>(ask: Promise<T>, instead: I): Promise<T | I> {
  return ask.catch((failure: unknown) => {
    if (failure instanceof MailchimpRefusal && failure.status === 404) return instead
    throw failure
  })
}

/** Runs a deletion. A refusal becomes the tool's sentence; a wrong key (401) stays a failure; absent is deleted. */
export async function deletedOrRefused(ask: Promise<unknown>): Promise<'deleted' | { refused: string }> {
  try {
    await orIfAbsent(ask, null)
    return 'deleted'
  } catch (failure) {
    if (failure instanceof MailchimpRefusal && failure.status !== 401) return { refused: failure.message }
    throw failure
  }
}

/** Takes addresses and address hashes out of a sentence of Mailchimp's. */
export function withoutPeople(sentence: string): string {
  return sentence
    .replace(/(?:"[^"]*"|\S)*(?:@|%40)\S*/gi, '[address]')
    .replace(/\b[0-9a-f]{32}\b/gi, '[id]')
    .trim()
    .slice(0, 300)
}

/** What a row of `errors[]` of a batch add says of one person (mailchimp.md §3.1 to §3.4). */
export type RowMeaning =
  | 'already-there'
  | 'FORGOTTEN'
  | 'COMPLIANCE'
  | 'FAKE_ADDRESS'
  | 'INVALID_ADDRESS'
  | 'THROTTLED'
  | 'OTHER'

/** Reads one row of `errors[]`; a sentence nobody has seen yet is OTHER. */
export function rowMeaning(row: { error: string; error_code: string }): RowMeaning {
  if (row.error_code === 'ERROR_CONTACT_EXISTS') return 'already-there'
  return sentences.rows.find(([wording]) => wording.test(row.error))?.[1] ?? 'OTHER'
}

/** Whether a 400 of `send` only means that Mailchimp has not counted the recipients yet (mailchimp.md §5). */
export function recipientsNotReady(detail: string): boolean {
  return sentences.recipientsNotReady.test(detail)
}

/** Whether a line of the send checklist passes by itself, because Mailchimp is still computing. */
export function passesByItself(checklistLine: string): boolean {
  return sentences.passesByItself.test(checklistLine)
}

const sentences: {
  rows: [RegExp, RowMeaning][]
  recipientsNotReady: RegExp
  passesByItself: RegExp
} = {
  rows: [
    [/is already a list member/i, 'already-there'],
    [/permanently deleted and cannot be re-imported/i, 'FORGOTTEN'],
    [/in a compliance state/i, 'COMPLIANCE'],
    [/looks fake or invalid/i, 'FAKE_ADDRESS'],
    [/provide a valid email address/i, 'INVALID_ADDRESS'],
    [/signed up to a lot of lists/i, 'THROTTLED'],
  ],
  recipientsNotReady: /not ready to send\.?\s*(?:recipients not ready)?\.?\s*$/i,
  passesByItself: /not ready|still (?:being )?(?:comput|calculat|count|import|prepar)/i,
}

/** What an operator can do about a refusal, by Mailchimp's status. */
const whatToDo: Record<number, string> = {
  401: 'check MAILCHIMP_API_KEY: the key may be revoked, or belong to another server',
  403: 'the plan or the key’s role does not allow it: look at the plan’s limits and the key’s owner in Mailchimp',
  404: 'there is no such thing in this account: look whether somebody deleted it in Mailchimp',
  405: 'its present state does not allow it',
  426: 'MAILCHIMP_BASE_URL must start with https',
}

function refusal(status: number, { title, detail, errors }: Problem): MailchimpRefusal {
  const rows = errors.map(({ field, message }) => `${field}: ${message}`)
  const said = [title, detail, ...rows].filter((part) => part !== '').map(withoutPeople)
  const sentence = `Mailchimp refused (HTTP ${status}): ${said.join(' – ') || 'without a reason'}`
  const advice = whatToDo[status]
  return new MailchimpRefusal(advice ? `${sentence}. What to do: ${advice}` : sentence, {
    status,
    title: withoutPeople(title),
    detail: withoutPeople(detail),
  })
}

/** Failures before any connection stood: nothing can have happened. */
const neverLeft = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'CERT_HAS_EXPIRED']

function withoutAnswer(code: string, outcomeUnknown: boolean): Unavailable {
  if (code === 'ECONNABORTED') return new Unavailable('Mailchimp did not answer in time', { outcomeUnknown })
  if (neverLeft.includes(code)) return new Unavailable(`Mailchimp cannot be reached (${code})`)
  return new Unavailable(`the call of Mailchimp broke off without an answer (${withoutPeople(code)})`, {
    outcomeUnknown,
  })
}

/** The name of what was thrown; never its message, which may carry an address. */
function nameOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : typeof thrown
}

/** No Retry-After is documented; where one comes all the same it is obeyed, up to five minutes. */
function waitMs(headers: Record<string, unknown> | undefined, otherwise: number): number {
  const seconds = Number(headers?.['retry-after'])
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * 1000, 300_000) : otherwise
}

const failedCall = z
  .object({
    status: z.number().optional().catch(undefined),
    code: z.string().optional().catch(undefined),
    response: z
      .object({ body: z.unknown(), headers: z.record(z.string(), z.unknown()).optional().catch(undefined) })
      .optional()
      .catch(undefined),
  })
  .catch({ status: undefined, code: undefined, response: undefined })

// `type` is missing in recorded answers, so only the title makes it a problem document.
const problemDocument = z.object({
  title: z.string().min(1),
  detail: z.string().catch(''),
  errors: z.array(z.object({ field: z.string().catch(''), message: z.string().catch('') })).catch([]),
})
type Problem = z.infer<typeof problemDocument>
