// A drill: a backup is restored beside the register, proved, and dropped. Only a backup that was drilled is one.
import { writeAudit } from '../register/audit.ts'
import type { Database } from '../register/database.ts'
import { databaseName } from '../register/server-databases.ts'
import { checksumFits } from './backup-file.ts'
import { type Evidence, type Proof, raise } from './scratch.ts'

export type Drill = Proof & { passed: boolean; checksum: 'fits' | 'differs' | 'none'; seconds: number }

/** Drills one backup and writes the outcome into the audit trail. Throws as `raise` does; a failure is written down too. */
export async function drillBackup(
  db: Database,
  url: string,
  evidence: Evidence,
  clock: () => Date,
  actor = 'operator',
): Promise<Drill> {
  const begun = performance.now()
  const write = (facts: Record<string, string | number | boolean>) =>
    writeAudit(db, { at: clock(), actor, action: 'backup-drilled', facts })
  try {
    const proof = await raise(url, `${databaseName(url)}_drill`, evidence, async (_db, found) => found)
    const fits = await checksumFits(evidence.file)
    const checksum = fits === null ? 'none' : fits ? 'fits' : 'differs'
    const passed = proof.auditIntact && proof.undone === 0 && checksum !== 'differs'
    const seconds = Math.round((performance.now() - begun) / 100) / 10
    await write({ passed, ...proof, checksum, seconds })
    return { passed, checksum, seconds, ...proof }
  } catch (error) {
    await write({ passed: false })
    throw error
  }
}
