// How a campaign looks on a terminal: one line of state, the counts, and bars while it moves.
import { MultiBar, Presets, type SingleBar } from 'cli-progress'
import type { Context } from '../context.ts'
import { formatDuration } from '../domain/duration.ts'
import { until } from '../operator/run-workers.ts'
import { type CampaignStatus, campaignStatus } from '../register/campaign-status.ts'
import { helsinki } from './helsinki.ts'

/** A few lines on how a campaign stands now. */
export function describeStatus(status: CampaignStatus): string {
  const { counts, feedback, inTool } = status
  const lines = [
    `${status.name} is ${status.state}${status.because ? ` (${status.because})` : ''}${status.outcome ? `: ${status.outcome}` : ''}`,
    `in the tool now: ${inTool === 0 ? 'nobody' : `${inTool} people`}`,
    `selected ${counts.selected} · disclosed ${counts.intended} · accepted ${counts.accepted} · refused ${counts.refused} · sent ${status.sent} · removed ${counts.removed}`,
    `opted out ${feedback.optedOut} · bounced ${feedback.bounced} · complained ${feedback.complained}`,
  ]
  if (status.cancelWanted && status.state === 'sending')
    lines.push('the wish to end it is kept: the tool is sending, and everybody is taken out once it has sent')
  if (status.settleUntil && status.state === 'sent')
    lines.push(`feedback is gathered until ${helsinki(status.settleUntil)}`)
  if (status.deadline && inTool > 0) lines.push(`everybody is out by ${helsinki(status.deadline)}`)
  if (status.webhook?.problem && inTool > 0)
    lines.push(`the tool cannot tell us at once (${status.webhook.problem}): it is asked instead`)
  if (status.waitingFor) lines.push(`waiting for ${status.waitingFor}`)
  if (status.halted) lines.push(`halted: ${status.halted}`)
  if (status.shell.state === 'pending' && status.state === 'closed') {
    lines.push(
      `the empty audience is left in the tool, not deleted before ${status.shell.notBefore ? helsinki(status.shell.notBefore) : 'it lets go'}`,
    )
  }
  return lines.join('\n')
}

/** Whether nothing more happens without a person. */
export function resting(status: CampaignStatus): boolean {
  return status.state === 'closed' || status.state === 'halted' || status.state === 'draft'
}

/** Follows a campaign until it rests: bars on a terminal, else a line (or a JSON object) for each change of state. Returns the last status. */
export async function watchCampaign(
  context: Context,
  campaignId: string,
  show: (status: CampaignStatus) => void,
  bars: boolean,
): Promise<CampaignStatus> {
  const drawn = bars ? openBars() : null
  let last = ''
  let status = await campaignStatus(context.db, campaignId)
  await until(
    async () => {
      status = await campaignStatus(context.db, campaignId)
      drawn?.draw(status)
      const key = [status.state, status.because, status.waitingFor].join('|')
      if (key !== last) show(status)
      last = key
      return resting(status)
    },
    Number.POSITIVE_INFINITY,
    200,
  )
  drawn?.stop()
  return status
}

/** One bar a stage: disclosed, sent, feedback, withdrawn. */
function openBars() {
  const multi = new MultiBar(
    {
      format: '{stage} {bar} {value}/{total} {note}',
      hideCursor: true,
      clearOnComplete: false,
      stream: process.stderr,
    },
    Presets.shades_grey,
  )
  const bar = (stage: string): SingleBar => multi.create(1, 0, { stage: stage.padEnd(10), note: '' })
  const bars = { disclosed: bar('disclosed'), sent: bar('sent'), withdrawn: bar('withdrawn') }
  const set = (one: SingleBar, value: number, total: number, note = '') => {
    one.setTotal(Math.max(1, total))
    one.update(value, { note })
  }
  return {
    draw: (status: CampaignStatus) => {
      const { selected, intended, accepted, removed } = status.counts
      set(
        bars.disclosed,
        intended,
        selected,
        status.waitingFor && status.sent === 0 ? `waiting for ${status.waitingFor}` : '',
      )
      const remaining = status.settleUntil ? formatDuration(status.settleUntil.getTime() - Date.now()) : ''
      set(bars.sent, status.sent, accepted, status.state === 'sent' ? `feedback for ${remaining} more` : '')
      set(bars.withdrawn, removed, accepted, status.inTool === 0 && removed > 0 ? 'nobody is left in the tool' : '')
    },
    stop: () => multi.stop(),
  }
}
