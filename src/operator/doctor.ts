// The doctor: looks at everything a campaign needs, and says how to mend what is wrong.
import { type Context, prepareDatabase } from '../context.ts'
import { alarmPhrases, isWarning } from '../domain/alarm.ts'
import { type AlarmOn, alarmsOn } from '../register/alarms.ts'
import { firstBrokenAudit } from '../register/audit.ts'
import { sql } from '../register/database.ts'
import { setAsideCounts } from '../register/set-aside.ts'
import { checkedAccount, lacking } from './launching.ts'
import { someoneWorks } from './run-workers.ts'

export type Finding = { check: string; result: 'ok' | 'warning' | 'failed'; says: string }

/** Every look, one after the other; what cannot be looked at has failed, with what `sentenceOf` makes of the error. */
export async function examine(context: Context, sentenceOf: (error: unknown) => string): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const [check, look] of Object.entries(looks)) {
    const found = await look(context).catch((error) => ({ result: 'failed' as const, says: sentenceOf(error) }))
    findings.push({ check, ...found })
  }
  return findings
}

const looks: Record<string, (context: Context) => Promise<Omit<Finding, 'check'>>> = {
  async database({ db, config }) {
    const [row] = await db.$queryRaw<{ version: string; encoding: string }[]>(
      sql`select split_part(version(), ' ', 2) as version, current_setting('server_encoding') as encoding`,
    )
    const where = config.database.url ? 'DATABASE_URL' : `embedded in ${config.home}`
    return {
      result: 'ok',
      says: `PostgreSQL ${row?.version}, ${row?.encoding}, ${where}, all migrations applied`,
    }
  },
  async roles({ config }) {
    const { weak } = await prepareDatabase(config)
    if (weak.length === 0) return { result: 'ok', says: 'jobs and pages have logins of their own' }
    return {
      result: 'warning',
      says: `${weak.join(', ')} by SET ROLE, which is weaker: let \`lupa migrate\` make logins, or give DATABASE_URL_SYNC and the like`,
    }
  },
  async queue({ queues }) {
    await queues.counts('tool')
    return { result: 'ok', says: 'redisUrl' in queues.home ? 'Redis answers' : 'in the database' }
  },
  async keys(context) {
    const { ids, kept } = context.keys
    return { result: 'ok', says: `${ids.join(', ')} in ${kept}; keep a copy elsewhere` }
  },
  async 'outside ledger'({ ledger }) {
    const lines = ledger.writers().reduce((sum, writer) => sum + ledger.read(writer).length, 0)
    return { result: 'ok', says: `${lines} entries in ${ledger.folder}, intact` }
  },
  async 'audit trail'({ db }) {
    const broken = await firstBrokenAudit(db)
    if (broken === null) return { result: 'ok', says: 'the chain is whole' }
    return {
      result: 'failed',
      says: `entry ${broken} does not fit the one before it: somebody changed the trail there`,
    }
  },
  async configuration({ config, clock }) {
    const lacks = lacking(config, clock())
    return lacks.length === 0 ? { result: 'ok', says: config.companyFile } : { result: 'failed', says: lacks.join(' ') }
  },
  async worker(context) {
    return (await someoneWorks(context))
      ? { result: 'ok', says: 'alive' }
      : {
          result: 'warning',
          says: 'none is running: `lupa start`, or `campaign launch` does the work itself',
        }
  },
  async alarms({ db }) {
    const on = await alarmsOn(db)
    if (on.length === 0) return { result: 'ok', says: 'none is on' }
    const one = ({ kind, campaign, halted, beganAt }: AlarmOn) =>
      `${[campaign, alarmPhrases[kind]].filter(Boolean).join(': ')}${halted ? ` (${halted})` : ''}, since ${beganAt.toISOString()}`
    return { result: on.every(({ kind }) => isWarning(kind)) ? 'warning' : 'failed', says: on.map(one).join('; ') }
  },
  async 'set aside'({ db }) {
    const { job, feedback, delivery } = await setAsideCounts(db)
    const [many, answers] = [job + feedback + delivery, feedback + delivery]
    if (many === 0) return { result: 'ok', says: 'nothing: whatever was tried has gone through' }
    const what = `${many} ${many === 1 ? 'thing' : 'things'}${answers > 0 ? `, ${answers} of it what people said` : ''}`
    return {
      result: 'warning',
      says: `${what}: \`lupa set-aside list\` says why, \`lupa set-aside retry --all\` tries again`,
    }
  },
  async 'tool account'(context) {
    if (!context.config.mailchimp.apiKey) return { result: 'failed', says: 'MAILCHIMP_API_KEY is not set' }
    const { accountId } = await checkedAccount(context, 'mailchimp')
    return {
      result: 'ok',
      says: `${accountId} answers${context.config.mailchimp.accountId ? '' : '; set MAILCHIMP_ACCOUNT_ID to this, so that no other is ever used'}`,
    }
  },
  async 'public address'({ config }) {
    if (!config.publicUrl)
      return {
        result: 'warning',
        says: 'LUPA_PUBLIC_URL is not set: opt-outs come by mail, and the tool is polled',
      }
    const answer = await fetch(`${config.publicUrl}/health/live`, { signal: AbortSignal.timeout(5000) }).catch(
      () => null,
    )
    if (answer?.ok) return { result: 'ok', says: `${config.publicUrl} answers` }
    return {
      result: 'warning',
      says: `${config.publicUrl} does not answer from here: is \`lupa start\` or \`lupa web\` running behind it?`,
    }
  },
}
