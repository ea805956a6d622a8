// One worker process as `lupa worker` starts it, which also tells what it has used when it is asked.
import { readConfig } from '../../src/config.ts'
import { openContext } from '../../src/context.ts'
import { startWorkers } from '../../src/operator/run-workers.ts'
import { usageOfThis } from './usage.ts'

const context = await openContext(readConfig(process.env))
const workers = await startWorkers(context)
process.on('message', () => {
  process.send?.(usageOfThis())
})
process.send?.('ready')
process.once('disconnect', async () => {
  await workers.close()
  await context.close()
  process.exit(0)
})
