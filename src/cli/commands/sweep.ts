// lupa sweep: look for anything left behind in the tool, and remove it.
import type { Command } from 'commander'
import type { Context } from '../../context.ts'
import { NotAllowed, Unavailable } from '../../domain/errors.ts'
import { doNow } from '../../operator/run-workers.ts'
import { listCampaigns } from '../../register/campaigns.ts'
import { command, type Terminal } from '../command.ts'
import { helsinki } from '../helsinki.ts'

/** The `sweep` command. */
export function sweepCommand(): Command {
  return command('sweep', 'look for anything left behind in the tool, and remove it', sweep)
}

async function sweep(context: Context, terminal: Terminal): Promise<void> {
  if (!context.config.mailchimp.apiKey)
    throw new NotAllowed(
      'MAILCHIMP_API_KEY is not set, so the tool cannot be looked at: set it, or write it into .env.',
    )
  await doNow(context, { job: 'sweep-tool', payload: {} }).catch((error: Error) => {
    throw new Unavailable(`The sweep did not come to its end: ${error.message}. Run it again when that is over.`)
  })
  const shells = (await listCampaigns(context.db, { open: true })).filter(({ shell }) => shell === 'pending')
  const left = shells.map(({ id, name, shellNotBefore }) => ({ id, name, notBefore: shellNotBefore }))
  const lines = left.map(
    ({ name, notBefore }) =>
      `The empty audience of ${name} is left, not before ${notBefore ? helsinki(notBefore) : 'it lets go'}.`,
  )
  terminal.result({ shells: left }, lines.length === 0 ? 'Nothing of ours is left in the tool.' : lines.join('\n'))
}
