// Batches: operations run later, ten at a time, by the same routes; results in a gzipped tar (mailchimp.md §3.5).
import { randomBytes } from 'node:crypto'
import { stamp } from '../clock.ts'
import { pageOf } from '../collections.ts'
import { type Json, objectOf, textOf } from '../json.ts'
import { linksTo } from '../presentation.ts'
import { invalidFields, notFound, ProblemError } from '../problems.ts'
import { type Answer, type Call, noContent, ok, type Route } from '../router.ts'
import type { Batch, BatchOperation, EmulatorState } from '../state.ts'

/** Runs the operations of a batch in the background. */
export type RunBatch = (state: EmulatorState, batch: Batch, operations: BatchOperation[]) => void

/** The routes of batches; `run` gets every batch that is started. */
export function batchRoutes(run: RunBatch): Route[] {
  return [
    { method: 'GET', path: '/batches', handle: getBatches },
    { method: 'POST', path: '/batches', handle: (call) => startBatch(call, run) },
    { method: 'GET', path: '/batches/:batch_id', handle: getBatch },
    { method: 'DELETE', path: '/batches/:batch_id', handle: deleteBatch },
  ]
}

function getBatches({ state, query }: Call): Answer {
  const { rows, total } = pageOf(query, [...state.batches.values()].reverse(), (batch) => presentBatch(state, batch))
  return ok({ batches: rows, total_items: total, _links: linksTo(state, '/batches') })
}

function getBatch({ state, params }: Call): Answer {
  const batch = batchOf({ state, params })
  if (batch.status !== 'finished') state.requests.waiting += 1
  return ok(presentBatch(state, batch))
}

function startBatch({ state, body }: Call, run: RunBatch): Answer {
  const sent = objectOf(body)['operations']
  if (!Array.isArray(sent) || sent.length === 0) {
    throw invalidFields([{ field: 'operations', message: 'Required fields were not provided' }])
  }
  refuseCrowd(state)
  const operations = sent.map((operation, index) => operationOf(objectOf(operation), index))
  const batch: Batch = {
    id: randomBytes(5).toString('hex'),
    status: 'pending',
    total_operations: operations.length,
    finished_operations: 0,
    errored_operations: 0,
    submittedAt: state.clock.now(),
    tokens: new Map(),
  }
  state.batches.set(batch.id, batch)
  run(state, batch, operations)
  return ok(presentBatch(state, batch))
}

function operationOf(sent: Json, index: number): BatchOperation {
  const method = textOf(sent['method']).toUpperCase()
  const path = textOf(sent['path'])
  if (!['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].includes(method) || path === '') {
    throw invalidFields([{ field: `operations.item:${index}`, message: 'A method and a path are required.' }])
  }
  const body = typeof sent['body'] === 'string' ? sent['body'] : undefined
  return { method, path, params: objectOf(sent['params']), body, operation_id: textOf(sent['operation_id']) }
}

// At most 500 pending batches; the words are those of the limit on batch webhooks (assumption, mailchimp.md §3.5).
function refuseCrowd(state: EmulatorState): void {
  let pending = 0
  for (const batch of state.batches.values()) if (batch.status !== 'finished') pending += 1
  if (pending < 500) return
  const detail =
    'You have more than 500 pending batches. Please wait for some to complete before adding any more batches.'
  throw new ProblemError({ status: 429, title: 'Too Many Requests', detail })
}

function deleteBatch(call: Call): Answer {
  call.state.batches.delete(batchOf(call).id)
  return noContent
}

/** Every look at a finished batch gives a new address of the result, good for ten minutes (mailchimp.md §3.5). */
function presentBatch(state: EmulatorState, batch: Batch): Json {
  return {
    id: batch.id,
    status: batch.status,
    total_operations: batch.total_operations,
    finished_operations: batch.finished_operations,
    errored_operations: batch.errored_operations,
    submitted_at: stamp(batch.submittedAt),
    completed_at: batch.completedAt === undefined ? '' : stamp(batch.completedAt),
    response_body_url: batch.result ? newAddress(state, batch) : '',
    _links: linksTo(state, `/batches/${batch.id}`),
  }
}

function newAddress(state: EmulatorState, batch: Batch): string {
  const token = randomBytes(16).toString('hex')
  batch.tokens.set(token, state.clock.now())
  return `${state.url}/batch-results/${batch.id}-response.tar.gz?token=${token}`
}

function batchOf(call: Pick<Call, 'state' | 'params'>): Batch {
  const batch = call.state.batches.get(call.params['batch_id'] ?? '')
  if (!batch) throw notFound()
  return batch
}
