// GET and POST /join, and the link that confirms. The answer is the same for every address: nothing is looked up before the
// owner of the address has pressed the button, and GET never changes anything.
import { createHash, randomBytes } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Company } from '../../config.ts'
import type { Context } from '../../context.ts'
import { errorFacts } from '../../logger.ts'
import { type Mailer, openMailer } from '../../mail/mailer.ts'
import { askSignUp, confirmSignUp, dropSignUp, forgetSignUps, signUpWaitsMs } from '../../register/sign-ups.ts'
import { clientOf, countAttempts } from '../attempts.ts'
import { languageOf, type PageLanguage } from '../page-language.ts'
import { publicPages } from '../public-page.ts'
import { formStamp, stampHolds } from './form-stamp.ts'
import { confirmationMail, workAddressMail } from './join-mail.ts'
import { type JoinFacts, type JoinPageName, joinPage } from './join-pages.ts'
import { type ReadSignUp, readSignUp } from './read-sign-up.ts'
import { permissionWording, wordingVersion } from './wording.ts'

const hourMs = 3_600_000
/** Sign-ups a client may send in an hour (an office shares its address), and mails an address may get in a day. */
const mostOfClient = 30
const mostOfAddress = 3

/** What sign-up needs to work at all: a company, a way to mail and a public address for the link. */
type Desk = { company: Company; mailer: Mailer; publicUrl: string; shown: string }

/** Adds the sign-up form, or the page that says how to sign up by mail where there is no SMTP_URL or LUPA_PUBLIC_URL. */
export function joinRoutes(server: FastifyInstance, context: Context): void {
  const { config, log } = context
  const { send } = publicPages(config.company)
  const page: SendPage = (request, reply, name, form) => {
    const facts = { company: config.company, language: languageIn(context, request), ...(form ? { form } : {}) }
    return send(reply, reply.statusCode, joinPage(name, facts))
  }
  const desk = deskOf(context)
  server.register(async (scope) => {
    scope.setErrorHandler((error, request, reply) => {
      const status = (error as { statusCode?: number }).statusCode ?? 503
      if (status >= 500) log.error(errorFacts(error), 'a sign-up failed')
      return page(request, reply.code(status), 'failed')
    })
    if (desk) {
      formRoutes(scope, context, desk, page)
      confirmationRoutes(scope, context, page)
    } else {
      for (const method of ['get', 'post'] as const)
        scope[method]('/join', async (request, reply) => page(request, reply, 'by-mail'))
    }
  })
}

type SendPage = (
  request: FastifyRequest,
  reply: FastifyReply,
  name: JoinPageName,
  form?: JoinFacts['form'],
) => FastifyReply

function formRoutes(scope: FastifyInstance, context: Context, desk: Desk, page: SendPage): void {
  const { clock, keys } = context
  const blank = () => ({ stamp: formStamp(keys, clock(), desk.shown) })
  const take = signUpTaker(context, desk)
  scope.get('/join', async (request, reply) => page(request, reply, 'form', blank()))
  scope.get('/join/sent', async (request, reply) => page(request, reply, 'sent'))
  scope.post('/join', async (request, reply) => {
    const read = readSignUp(request.body)
    const language = languageIn(context, request)
    const outcome = await take(read, clientOf(request), language)
    if (outcome === 'taken') return reply.redirect(`join/sent?lang=${language}`, 303)
    if (outcome === 'too many') return page(request, reply.code(429).header('retry-after', '3600'), 'failed')
    return page(request, reply.code(422), 'form', { ...blank(), read, again: outcome === 'again' })
  })
}

function confirmationRoutes(scope: FastifyInstance, { as, clock }: Context, page: SendPage): void {
  const route = '/join/confirm/:token'
  scope.get(route, async (request, reply) => page(request, reply, 'confirm'))
  scope.post(route, async (request, reply) => {
    const { token } = request.params as { token: string }
    const outcome = await confirmSignUp(as('web'), hashOf(token), clock())
    return outcome === 'unknown' ? page(request, reply.code(410), 'unknown') : page(request, reply, 'confirmed')
  })
}

function deskOf({ config: { company, smtpUrl, publicUrl } }: Context): Desk | null {
  if (!company || !smtpUrl || !publicUrl) return null
  const from = { name: company.controller.name, address: company.responsible.email }
  return { company, mailer: openMailer(smtpUrl, from), publicUrl, shown: `${wordingVersion}|${company.notice.version}` }
}

function languageIn({ config }: Context, request: FastifyRequest): PageLanguage {
  return languageOf(request, config.company?.language ?? 'fi')
}

type Outcome = 'taken' | 'wrong' | 'again' | 'too many'

/** Takes sign-ups in. What a bot sends is `taken` like everything else, and leaves no trace. */
function signUpTaker(context: Context, desk: Desk) {
  const { clock, keys } = context
  const ofClient = countAttempts({ windowMs: hourMs, clock })
  const ofAddress = countAttempts({ windowMs: 24 * hourMs, clock })
  return async (read: ReadSignUp, client: string, language: PageLanguage): Promise<Outcome> => {
    if (read.trapped) return 'taken'
    if (!read.address || Object.keys(read.mistakes).length > 0) return 'wrong'
    if (!stampHolds(keys, read.stamp, clock(), desk.shown)) return 'again'
    if (ofClient.count(client) > mostOfClient) return 'too many'
    if (ofAddress.count(keys.hash('email', read.address.matching)) > mostOfAddress) return 'taken'
    if (read.address.nature === 'work') await mailConfirmation(context, desk, read, language)
    else
      await desk.mailer.send({
        to: read.address.address,
        ...workAddressMail(desk.company, language, `${desk.publicUrl}/join`),
      })
    return 'taken'
  }
}

/** Stores the sign-up and mails its link. Where the mail cannot be sent nothing stays stored, and it throws. */
async function mailConfirmation(context: Context, desk: Desk, read: ReadSignUp, language: PageLanguage): Promise<void> {
  const { clock, keys, as } = context
  const { company, mailer, publicUrl } = desk
  const { typed, address } = read
  if (!address) return
  const db = as('web')
  const token = randomBytes(32).toString('base64url')
  const at = clock()
  const wording = permissionWording(company.controller.name, language)
  await forgetSignUps(db, at)
  await askSignUp(db, {
    ...{ tokenHash: hashOf(token), firstName: typed.firstName, lastName: typed.lastName, at },
    ...{ email: address.address, nature: address.nature, domain: address.domain },
    ...{ addressHashes: keys.hashes('email', address.matching), organisation: typed.organisation || null },
    ...{ wording, wordingVersion, noticeVersion: company.notice.version },
  })
  const until = new Date(at.getTime() + signUpWaitsMs)
  const link = `${publicUrl}/join/confirm/${token}?lang=${language}`
  const mail = { to: address.address, ...confirmationMail(company, language, { link, until, wording }) }
  try {
    if ((await mailer.send(mail)) === 'sent') return
    context.log.warn('the mail server refused an address of a sign-up')
    await dropSignUp(db, hashOf(token))
  } catch (error) {
    await dropSignUp(db, hashOf(token))
    throw error
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
