// Puts a backup in the register's place. It takes that place only when it is complete and knows every opt-out and erasure since;
// until then, and whenever anything fails, the register stays what it was.
import type { Config } from '../config.ts'
import { migrateDatabase } from '../context.ts'
import { halt } from '../domain/campaign.ts'
import { NotAllowed } from '../domain/errors.ts'
import { endAllSessions } from '../register/accounts.ts'
import { writeAudit } from '../register/audit.ts'
import { listCampaigns, record } from '../register/campaigns.ts'
import type { RegisterClient } from '../register/database.ts'
import { databaseName, guestsOf, replaceDatabase } from '../register/server-databases.ts'
import { type Evidence, type Proof, raise } from './scratch.ts'

export type Restored = Proof & {
  /** Campaigns that were under way in the backup and now wait for the operator. */
  halted: number
}

/**
 * Restores the database at `url` (the owner's; it may be empty) from a backup. Throws NotAllowed while anybody is connected to it, and what
 * `raise` throws. Nobody may start anything meanwhile. A backup that is `fresh`, made a moment ago of a register that nobody has worked
 * on since, knows what became of its campaigns: they go on.
 */
export async function restoreBackup(
  config: Config,
  url: string,
  evidence: Evidence,
  at: Date,
  { fresh = false } = {},
): Promise<Restored> {
  await requireQuiet(url)
  const name = `${databaseName(url)}_restoring`
  return raise(url, name, evidence, async (db, proof, scratch) => {
    if (!proof.auditIntact || proof.undone > 0)
      throw new NotAllowed(
        'The backup does not prove itself (its audit trail, or opt-outs and erasures of the outside ledger): the register stays as it is; use another.',
      )
    const halted = fresh ? 0 : await haltUnderWay(db, proof.madeAt, at)
    await endAllSessions(db, at)
    const facts = { madeAt: proof.madeAt, people: proof.people, replayed: proof.replayed, halted }
    await writeAudit(db, { at, actor: 'operator', action: 'register-restored', facts })
    await db.$disconnect()
    // The queues' tables and the roles' logins: whoever starts first finds a register that is ready.
    await migrateDatabase(scratch, config.home)
    await requireQuiet(url)
    await replaceDatabase(url, name)
    return { ...proof, halted }
  })
}

async function requireQuiet(url: string): Promise<void> {
  const guests = await guestsOf(url)
  if (guests > 0)
    throw new NotAllowed(
      `${guests} connections to the register are open: stop what is running (lupa start, web, worker, other commands) and try again.`,
    )
}

/**
 * What became of a campaign after the backup is not known here: whether it was sent, for one. It must not be sent again by itself. Those
 * that are only being taken back go on: that is safe to repeat.
 */
async function haltUnderWay(db: RegisterClient, madeAt: string, at: Date): Promise<number> {
  const sentence = `the register was restored from a backup of ${madeAt}, and what became of this campaign since then is not known here: look into the tool, then \`lupa campaign withdraw\` or \`cancel\` it; \`resume\` only if it was not sent`
  let halted = 0
  for (const { id, state } of await listCampaigns(db, { open: true })) {
    if (!['approved', 'selected', 'opened', 'disclosed', 'sending'].includes(state)) continue
    await record(db, id, 'operator', (one) => halt(one, sentence, at))
    halted += 1
  }
  return halted
}
