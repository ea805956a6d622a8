// Runs a batch and packs its results: ten operations at a time, in no promised order (mailchimp.md §3.5).
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { pack } from 'tar-stream'
import { recordBodyKeys } from './body-keys.ts'
import { DAY, MINUTE } from './clock.ts'
import { chosenFields } from './collections.ts'
import type { Json } from './json.ts'
import { takeMischief } from './mischief.ts'
import { internalError, jsonUnreadable, ProblemError, problemAnswer } from './problems.ts'
import type { FoundRoute } from './router.ts'
import type { Batch, BatchOperation, EmulatorState } from './state.ts'

export type OperationResult = { status_code: number; operation_id: string; response: string }
export type FindRoute = (method: string, path: string) => FoundRoute

const PARALLEL = 10

/** Runs all operations of a batch; resolves when it is `finished`. Finished is not succeeded: see `errored_operations`. */
export async function runBatch(
  state: EmulatorState,
  find: FindRoute,
  batch: Batch,
  operations: BatchOperation[],
): Promise<void> {
  await nextTurn()
  batch.status = 'preprocessing'
  const fails = takeMischief(state, 'batch-fails') !== undefined
  const stuck = takeMischief(state, 'batch-stuck') !== undefined
  await nextTurn()
  batch.status = 'started'
  if (stuck) return
  const results: OperationResult[] = []
  const waiting = operations.values()
  const worker = async () => {
    for (const operation of waiting) {
      if (state.batches.get(batch.id) !== batch) return
      const result = await runOperation(state, find, operation, fails)
      results.push(result)
      batch.finished_operations += 1
      if (result.status_code >= 400) batch.errored_operations += 1
    }
  }
  await Promise.all(Array.from({ length: PARALLEL }, worker))
  batch.status = 'finalizing'
  batch.result = await packed(results)
  batch.completedAt = state.clock.now()
  batch.status = 'finished'
}

/** The packed results behind an address, while it is good: ten minutes for the address, seven days for the results. */
export function batchResult(state: EmulatorState, batchId: string, token: string): Buffer | undefined {
  const batch = state.batches.get(batchId)
  const givenOutAt = batch?.tokens.get(token)
  if (!batch || givenOutAt === undefined || batch.completedAt === undefined) return undefined
  const now = state.clock.now()
  return now < givenOutAt + 10 * MINUTE && now < batch.completedAt + 7 * DAY ? batch.result : undefined
}

async function runOperation(
  state: EmulatorState,
  find: FindRoute,
  operation: BatchOperation,
  fails: boolean,
): Promise<OperationResult> {
  // Without a pause now and then a long batch would keep everybody else waiting.
  if (state.options.perMemberMs > 0) await sleep(state.options.perMemberMs)
  else await pauseSometimes()
  const { operation_id } = operation
  try {
    if (fails) throw internalError()
    const answer = await perform(state, find, operation)
    const response = answer.status === 204 ? '' : JSON.stringify(answer.body)
    return { status_code: answer.status, operation_id, response }
  } catch (error) {
    const { problem } = error instanceof ProblemError ? error : internalError()
    return { status_code: problem.status, operation_id, response: JSON.stringify(problemAnswer(problem).body) }
  }
}

async function perform(state: EmulatorState, find: FindRoute, operation: BatchOperation) {
  const { method } = operation
  const url = new URL(operation.path.replace(/^\/?(3\.0\/)?/, '/'), 'http://batch')
  const query: Json = { ...Object.fromEntries(url.searchParams), ...operation.params }
  // A GET without count pages by itself.
  if (method === 'GET' && query['count'] === undefined) query['count'] = 'all'
  const body = bodyOf(operation)
  const { route, params } = find(method, url.pathname)
  const name = `${route.method} ${route.path}`
  state.requests.inBatches.set(name, (state.requests.inBatches.get(name) ?? 0) + 1)
  recordBodyKeys(state.bodyKeys, name, body)
  const answer = await route.handle({ state, params, query, body, inBatch: true })
  return answer.status === 200 && method === 'GET' ? { ...answer, body: chosenFields(query, answer.body) } : answer
}

function bodyOf(operation: BatchOperation): unknown {
  if (typeof operation.body !== 'string' || operation.body === '') return undefined
  try {
    return JSON.parse(operation.body)
  } catch {
    throw jsonUnreadable()
  }
}

let sincePause = 0
async function pauseSometimes(): Promise<void> {
  sincePause += 1
  if (sincePause < 200) return
  sincePause = 0
  await nextTurn()
}

async function packed(results: OperationResult[]): Promise<Buffer> {
  const tar = pack()
  for (let from = 0; from < results.length; from += 1000) {
    tar.entry(
      { name: `./${String(from / 1000).padStart(10, '0')}.json` },
      JSON.stringify(results.slice(from, from + 1000)),
    )
  }
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar) chunks.push(chunk as Buffer)
  return promisify(gzip)(Buffer.concat(chunks))
}
