// One worker process as `lupa worker` starts it, which also tells what it has used and asked for when it is asked.
import { subscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import { readConfig } from '../../src/config.ts'
import { openContext } from '../../src/context.ts'
import { startWorkers } from '../../src/operator/run-workers.ts'
import { usageOfThis, type WorkerUsage } from './usage.ts'

let adding = 0
subscribe('http.client.request.start', (message) => {
  const { method, path } = (message as { request: ClientRequest }).request
  if (method === 'POST' && /^\/3\.0\/lists\/\w+$/.test(path)) adding += 1
})

const context = await openContext(readConfig(process.env))
const workers = await startWorkers(context)
process.on('message', () => {
  process.send?.({ ...usageOfThis(), adding } satisfies WorkerUsage)
})
process.send?.('ready')
process.once('disconnect', async () => {
  await workers.close()
  await context.close()
  process.exit(0)
})
