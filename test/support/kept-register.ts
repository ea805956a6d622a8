// What a careful owner sets up once and does after a newsletter, on the sample register: the demo's, and that of a test.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseDocument } from 'yaml'
import { createBackup } from '../../src/backup/create-backup.ts'
import { drillBackup } from '../../src/backup/drill-backup.ts'
import { type Context, prepareDatabase } from '../../src/context.ts'
import { listUninformed, recordInformed, rememberNotice } from '../../src/register/information.ts'

const sample = (name: string) => fileURLToPath(new URL(`../../prisma/sample/${name}`, import.meta.url))
const notice = 'tietosuojaseloste-2026.txt'
const balancingTest = 'tasapainotesti.txt'

/** Puts the sample company's lupa.yaml into this home, with its published notice and its balancing test beside it. Returns the file. */
export function writeKeptCompany(home: string): string {
  mkdirSync(home, { recursive: true })
  for (const name of [notice, balancingTest]) copyFileSync(sample(name), path.join(home, name))
  const company = parseDocument(readFileSync(sample('lupa.yaml'), 'utf8'))
  company.setIn(['notice', 'version'], '2026-09-01')
  company.setIn(['notice', 'file'], notice)
  company.setIn(['legitimateInterest'], { assessment: balancingTest, date: '2026-01-15' })
  const file = path.join(home, 'lupa.yaml')
  writeFileSync(file, company.toString())
  return file
}

/** Writes a letter to everybody whose data came from others and whom no newsletter reached; returns how many (GDPR Art. 14). */
export async function tellByLetter({ db, config, clock }: Context): Promise<number> {
  if (!config.company) throw new Error('the register has no company, and so no notice to tell of')
  const at = clock()
  const left = (await listUninformed(db, at, { take: 10_000 })).map(({ personId }) => personId)
  await rememberNotice(db, config.company.notice, at)
  return recordInformed(db, left, { by: 'letter', noticeVersion: config.company.notice.version, at, actor: 'demo' })
}

/** Makes a backup and restores it beside the register to prove it; returns whether it could be. */
export async function backUpAndDrill(context: Context): Promise<boolean> {
  const { db, config, clock, keys, ledger } = context
  const { url } = await prepareDatabase(config)
  const { file } = await createBackup({ ...context, url })
  return (await drillBackup(db, url, { file, keys, ledger }, clock)).passed
}
