// The API's refusals: problem documents in Mailchimp's own words (mailchimp.md §7), one function per refusal.
import { randomUUID } from 'node:crypto'

export type FieldError = { field: string; message: string }

export type Problem = {
  status: number
  title: string
  detail: string
  /** Recorded "Member Exists" and "Forgotten" answers carry no `type` (mailchimp.md §7): a caller must not need it. */
  typed?: boolean
  errors?: FieldError[]
  allow?: string
}

/** Thrown by a route to answer with a problem document. */
export class ProblemError extends Error {
  readonly problem: Problem
  constructor(problem: Problem) {
    super(`${problem.title}: ${problem.detail}`)
    this.problem = problem
  }
}

/** The answer on the wire: status, headers and the problem document. */
export function problemAnswer(problem: Problem) {
  const instance = randomUUID()
  const { status, title, detail, errors } = problem
  const type = 'https://mailchimp.com/developer/marketing/docs/errors/'
  return {
    status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      'x-request-id': instance,
      link: '<https://us1.api.mailchimp.com/schema/3.0/Definitions/ProblemDetailDocument.json>; rel="describedBy"',
      ...(problem.allow ? { allow: problem.allow } : {}),
    },
    body: {
      ...(problem.typed === false ? {} : { type }),
      title,
      status,
      detail,
      instance,
      ...(errors ? { errors } : {}),
    },
  }
}

const refusal =
  (status: number, title: string) =>
  (detail: string, more: Partial<Problem> = {}) =>
    new ProblemError({ status, title, detail, ...more })

export const invalidResource = refusal(400, 'Invalid Resource')
export const badRequest = refusal(400, 'Bad Request')

/** Field errors; the sentence of `detail` is an assumption, the `errors` array is not (mailchimp.md §7). */
export const invalidFields = (errors: FieldError[]) =>
  invalidResource(
    "The resource submitted could not be validated. For field-specific details, see the 'errors' array.",
    {
      errors,
    },
  )

/** mailchimp.md §3.2 */
export const invalidMergeFields = (errors: FieldError[]) =>
  invalidResource('Your merge fields were invalid.', { errors })

export const invalidAddress = () => invalidResource('Please provide a valid email address.')

export const fakeAddress = (address: string) =>
  invalidResource(`${address} looks fake or invalid, please enter a real email address.`)

/** mailchimp.md §3.4 */
export const throttledAddress = (address: string) =>
  invalidResource(`${address} has signed up to a lot of lists very recently; we're not allowing more signups for now`)

export const duplicateItems = (address: string) =>
  invalidResource(`Duplicate items found for email ${address}, please provide unique email address per member item`, {
    typed: false,
  })

export const memberExists = (address: string) =>
  refusal(400, 'Member Exists')(`${address} is already a list member. Use PUT to insert or update list members.`, {
    typed: false,
  })

export const inCompliance = (address: string) =>
  refusal(
    400,
    'Member In Compliance State',
  )(`${address} is in a compliance state due to unsubscribe, bounce, or compliance review and cannot be subscribed.`)

/** mailchimp.md §1.2, the newer shape: without `type`. */
export const forgottenAddress = (address: string) =>
  refusal(400, 'Forgotten Email Not Subscribed')(
    `${address} was permanently deleted and cannot be re-imported. The contact must re-subscribe to get back on the list.`,
    { typed: false },
  )

export const apiKeyInvalid = () =>
  refusal(401, 'API Key Invalid')("Your API key may be invalid, or you've attempted to access the wrong datacenter.")

/** Plan or role, the answer does not say which (mailchimp.md §2). */
export const actionNotPermitted = () =>
  refusal(403, 'User action not permitted')('User does not have access to the requested operation')

export const notFound = () => refusal(404, 'Resource Not Found')('The requested resource could not be found.')

/** `allow`: the methods of the Allow header. */
export const methodNotAllowed = (allow: string, detail?: string) =>
  refusal(405, 'Method Not Allowed')(
    detail ??
      "The requested method and resource are not compatible. See the Allow header for this resource's available methods.",
    { allow },
  )

/** Assumption (mailchimp.md §1.3, §12a): nobody has recorded how the API words the seven-day hold. */
export const audienceHeld = () =>
  methodNotAllowed(
    'GET, PATCH, POST',
    'This list cannot be deleted: a campaign was sent or scheduled in the past 7 days.',
  )

/** Assumption (mailchimp.md §1.3): the documented analogue is about campaigns. */
export const audienceSending = () =>
  methodNotAllowed('GET, PATCH, POST', 'Lists with campaigns that are currently sending cannot be deleted.')

/** The exact JSON is an assumption (mailchimp.md §7, §12f); no Retry-After is documented, so none is sent. */
export const tooManyConnections = (limit: number) =>
  refusal(429, 'Too Many Requests')(`You have exceeded the limit of ${limit} simultaneous connections.`)

export const internalError = () =>
  refusal(
    500,
    'InternalServerError',
  )('A deep, internal error has occurred during the processing of your request. Please contact support.')

/** The title is the glossary's; the sentence is an assumption (mailchimp.md §7). */
export const jsonUnreadable = () =>
  refusal(400, 'JSON Parse Exception')('We encountered an unspecified JSON parsing error.')
