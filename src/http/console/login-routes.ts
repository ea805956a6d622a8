// Coming in: name, password and a one-time code on one form; and the first time, a code from the command line.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Context } from '../../context.ts'
import {
  type Account,
  beginSession,
  completeAccount,
  countTry,
  endSession,
  failureWindowMs,
  findAccount,
  forgetTries,
  mostFailures,
  offerTotp,
  renewRecoveryCodes,
  sessionOf,
  totpSecretOf,
  useCode,
  useRecoveryCode,
  useTotpStep,
} from '../../register/accounts.ts'
import { writeAudit } from '../../register/audit.ts'
import { clientOf, countAttempts } from '../attempts.ts'
import { consoleLanguage } from './console-language.ts'
import type { ConsolePages } from './console-page.ts'
import { enrolPage, firstPage, loginPage, recoveryPage } from './login-pages.ts'
import { hashPassword, longestPassword, passwordIs, shortestPassword } from './password.ts'
import { csrfHolds, csrfOf, setToken, tokenOf } from './session-cookie.ts'
import { newTotpSecret, totpAddress, totpStepOf } from './totp.ts'

const field = z.string().max(1000).catch('')
const form = z.object({ name: field, password: field, again: field, code: field, csrf: field }).catch({
  ...{ name: '', password: '', again: '', code: '', csrf: '' },
})
/** Wrong tries a client may make in the window; an office shares its address. */
const mostOfClient = 40

type Send = ConsolePages['send']

/** Adds the login, the first entry and the choice of a password. They act as `lupa_web`. */
export function loginRoutes(scope: FastifyInstance, context: Context, send: Send): void {
  const tries = countAttempts({ windowMs: failureWindowMs, clock: context.clock })
  const languageIn = (request: FastifyRequest) => consoleLanguage(request, context)
  scope.get('/console/login', async (request, reply) => send(reply, 200, loginPage(languageIn(request))))
  scope.get('/console/first', async (request, reply) => {
    const { code } = z.object({ code: field }).catch({ code: '' }).parse(request.query)
    return send(reply, 200, firstPage(languageIn(request), { code }))
  })
  scope.post('/console/login', async (request, reply) => {
    const { name, password, code } = form.parse(request.body ?? {})
    const refused = (status: number, why: 'wrong' | 'often') =>
      send(reply, status, loginPage(languageIn(request), { name, why }))
    if (tries.count(clientOf(request)) > mostOfClient) return refused(429, 'often')
    const outcome = await judge(context, name, password, code)
    if (outcome === 'often') return refused(429, 'often')
    if (outcome === 'wrong') return refused(401, 'wrong')
    return enter(context, request, reply, outcome)
  })
  scope.post('/console/first', async (request, reply) => {
    const { code } = form.parse(request.body ?? {})
    const often = tries.count(clientOf(request)) > mostOfClient
    const used = often ? null : await useCode(context.as('web'), context.keys, code, context.clock())
    if (!used)
      return send(
        reply,
        often ? 429 : 401,
        firstPage(languageIn(request), { code: '', why: often ? 'often' : 'wrong' }),
      )
    const account = await context.as('web').account.findUniqueOrThrow({ where: { id: used.accountId } })
    if (used.enters) return enter(context, request, reply, account)
    setToken(request, reply, await beginSession(context.as('web'), account, context.clock(), { enrolling: true }))
    return reply.redirect('/console/enrol', 303)
  })
  enrolRoutes(scope, context, send)
}

async function enter(context: Context, request: FastifyRequest, reply: FastifyReply, account: Account) {
  setToken(request, reply, await beginSession(context.as('web'), account, context.clock()))
  return reply.redirect('/console', 303)
}

/** The account that name, password and code belong to. Wrong ones take as long, whatever was wrong about them. */
async function judge(
  context: Context,
  name: string,
  password: string,
  code: string,
): Promise<Account | 'wrong' | 'often'> {
  const [db, at] = [context.as('web'), context.clock()]
  const account = await findAccount(db, name)
  if (account) {
    const count = await countTry(db, account.id, at)
    if (count === mostFailures + 1)
      await writeAudit(db, { at, actor: 'console', action: 'account-held', facts: { account: account.name } })
    if (count > mostFailures) return 'often'
  }
  const right = await passwordIs(password.slice(0, longestPassword), account?.passwordHash ?? null)
  if (!account || !right || !(await secondFactor(context, account, code, at))) return 'wrong'
  await forgetTries(db, account.id)
  return account
}

async function secondFactor(context: Context, account: Account, code: string, at: Date): Promise<boolean> {
  const [db, secret] = [context.as('web'), totpSecretOf(account, context.keys)]
  if (!secret || !account.totpConfirmedAt) return false
  const digits = code.replace(/\s/g, '')
  if (!/^\d{6}$/.test(digits)) return useRecoveryCode(db, context.keys, account.id, code)
  const step = totpStepOf(digits, secret, at)
  return step !== null && useTotpStep(db, account.id, step)
}

function enrolRoutes(scope: FastifyInstance, context: Context, send: Send): void {
  const { keys, clock, config } = context
  const enrolling = async (request: FastifyRequest) => {
    const token = tokenOf(request)
    const session = token ? await sessionOf(context.as('web'), token, clock()) : null
    if (!token || !session?.enrolling) return null
    const account = await context.as('web').account.findUniqueOrThrow({ where: { id: session.account.id } })
    return { token, session, account }
  }
  const facts = (token: string, account: Account, secret: string) => ({
    ...{ csrf: csrfOf(token), name: account.name, secret },
    address: totpAddress(secret, account.name, `Lupa ${config.company?.controller.name ?? ''}`.trim()),
  })
  scope.get('/console/enrol', async (request, reply) => {
    const found = await enrolling(request)
    if (!found) return reply.redirect('/console/first', 303)
    const secret = totpSecretOf(found.account, keys) ?? newTotpSecret()
    await offerTotp(context.as('web'), keys, found.account.id, secret)
    return send(reply, 200, enrolPage(consoleLanguage(request, context), facts(found.token, found.account, secret)))
  })
  scope.post('/console/enrol', async (request, reply) => {
    const found = await enrolling(request)
    const secret = found && totpSecretOf(found.account, keys)
    const { password, again, code, csrf } = form.parse(request.body ?? {})
    if (!found || !secret || !csrfHolds(found.token, csrf)) return reply.redirect('/console/first', 303)
    const [db, at, language] = [context.as('web'), clock(), consoleLanguage(request, context)]
    const step = totpStepOf(code.replace(/\s/g, ''), secret, at)
    const why = passwordMistake(password, again) ?? (step === null ? 'code' : null)
    if (why || step === null)
      return send(reply, 422, enrolPage(language, { ...facts(found.token, found.account, secret), why: why ?? 'code' }))
    await completeAccount(db, found.account, await hashPassword(password), at)
    await useTotpStep(db, found.account.id, step)
    const codes = await renewRecoveryCodes(db, keys, found.account.id)
    await endSession(db, found.session.id, at)
    setToken(request, reply, await beginSession(db, found.account, at))
    return send(reply, 200, recoveryPage(language, codes))
  })
}

function passwordMistake(password: string, again: string): 'short' | 'long' | 'differs' | null {
  const length = [...password].length
  if (length < shortestPassword) return 'short'
  if (length > longestPassword) return 'long'
  return password === again ? null : 'differs'
}
