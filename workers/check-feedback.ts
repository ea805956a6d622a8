// The alarm for a no that nobody has applied: whoever said it may be mailed meanwhile.
import { formatDuration } from '../src/domain/duration.ts'
import { waitingNow } from '../src/register/figures.ts'
import { processor } from './processor.ts'

export const checkFeedback = processor('check-feedback', async (_payload, { db, clock, config, log }) => {
  const { waiting, oldestSeconds } = await waitingNow(db, clock())
  if (oldestSeconds * 1000 <= config.feedbackAlarmMs) return
  log.error({ waiting, oldest: formatDuration(oldestSeconds * 1000) }, 'feedback has not been applied for too long')
})
