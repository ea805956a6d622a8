// lupa doctor: looks at everything a campaign needs, and says how to mend what is wrong.
import type { Command } from 'commander'
import type { Config } from '../../config.ts'
import { openContext } from '../../context.ts'
import { examine, type Finding } from '../../operator/doctor.ts'
import { plainCommand, sentenceOf, type Terminal } from '../command.ts'
import { table } from '../table.ts'

/** The `doctor` command: exit 1 when anything failed. */
export function doctorCommand(): Command {
  return plainCommand('doctor', 'look at everything a campaign needs, and say how to mend it', doctor)
}

async function doctor(config: () => Config, terminal: Terminal): Promise<void> {
  const read = config()
  const findings: Finding[] = []
  const context = await openContext({ ...read, logLevel: read.logLevelGiven ? read.logLevel : 'silent' }).catch(
    (error) => {
      findings.push({ check: 'database and keys', result: 'failed', says: sentenceOf(error) })
      return null
    },
  )
  if (context) {
    findings.push(...(await examine(context, sentenceOf)))
    await context.close()
  }
  const rows = findings.map(({ check, result, says }) => [result, check, says])
  terminal.result(findings, table(['', 'check', ''], rows))
  if (findings.some(({ result }) => result === 'failed')) process.exitCode = 1
}
