// Step 7: the inbox is applied to the register; whoever said no and is still in a tool leaves at once.
import { applyFeedback } from '../src/register/feedback.ts'
import { processor } from './processor.ts'

export const applyInbox = processor('apply-feedback', async (_payload, ctx) => {
  const applied = await applyFeedback(ctx.db as never, ctx.clock())
  if (applied === 0) return
  ctx.log.info({ applied }, 'feedback applied')
  await ctx.queues.addNow({ job: 'find-removals', payload: {} })
  await ctx.queues.addNow({ job: 'write-ledger', payload: {} })
})
