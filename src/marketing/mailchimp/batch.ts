// Mailchimp's batch endpoint: many operations in one request, done later, answered in a tar (mailchimp.md §3.5).
import { buffer, text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { extract } from 'tar-stream'
import { RateLimited, Unavailable } from '../../domain/errors.ts'
import * as answers from './answers.ts'
import type { Client } from './client.ts'

export type BatchOperation = { method: 'POST'; path: string; operation_id: string }
/** Waits so many milliseconds. */
export type Wait = (ms: number) => Promise<void>

/** How long the batch before took, as far as that was noticed: one that is no smaller will hardly be quicker. Milliseconds. */
export type Pace = { operations: number; tookMs: number }

/** A look comes after an eighth of the time until now, so that the end is noticed an eighth late at most. */
const firstWaitMs = 250
const longestWaitMs = 10_000
/** How long one batch may take in all; after that its outcome is unknown. */
const patienceMs = 30 * 60_000

/**
 * Runs one batch to its end; returns the HTTP status of each operation by its id. An operation without a readable
 * answer is missing from the map. The batch is deleted afterwards, so that its results, which name hashes, do not stay.
 * `pace` holds what the batch before has taught, and then what this one has: the first look comes shortly before it should be done.
 * Throws Unavailable with `outcomeUnknown` when the batch does not finish in time.
 */
export async function runBatch(
  client: Client,
  operations: BatchOperation[],
  { wait, pace }: { wait: Wait; pace: Pace },
): Promise<ReadonlyMap<string, number>> {
  const { id } = await client.call('changes', answers.batch, (sdk) => sdk.batches.start({ operations }))
  try {
    const expectedMs = operations.length >= pace.operations ? pace.tookMs : 0
    const { address, tookMs } = await finished(client, id, wait, expectedMs)
    Object.assign(pace, { operations: operations.length, tookMs })
    return (await resultsAt(client, address)) ?? (await resultsOf(client, id)) ?? new Map()
  } finally {
    // Results vanish by themselves after 7 days; failing to hasten that must not hide what the batch did.
    await client.call('changes', answers.nothing, (sdk) => sdk.batches.deleteRequest(id)).catch(() => null)
  }
}

/** Polls until the batch is done; returns where its results are. A failure while polling says nothing about the batch: it is only waited out. */
async function finished(
  client: Client,
  batchId: string,
  wait: Wait,
  expectedMs: number,
): Promise<{ address: string; tookMs: number }> {
  let waited = 0
  let pause = Math.min(expectedMs * 0.9, longestWaitMs)
  while (waited < patienceMs) {
    if (pause > 0) await wait(pause)
    waited += pause
    const now = await lookAt(client, batchId)
    if ('status' in now && now.status === 'finished') return { address: now.response_body_url, tookMs: waited }
    pause = untilNextLook(waited, expectedMs)
    if (now instanceof RateLimited) pause = Math.max(now.afterMs, pause)
  }
  throw new Unavailable('Mailchimp has not finished the batch of removals in 30 minutes', { outcomeUnknown: true })
}

/**
 * How long until a batch that has taken so long is looked at again. One that is expected to take `expectedMs` (0: nobody knows) is looked at
 * twice as often about then; once it has taken twice as long, nobody knows either. Milliseconds.
 */
function untilNextLook(waited: number, expectedMs: number): number {
  const due = expectedMs * 0.9
  if (waited < due) return Math.min(due - waited, longestWaitMs)
  const often = waited < 2 * expectedMs ? 2 : 1
  return Math.min(Math.max(firstWaitMs, waited / 8) / often, longestWaitMs)
}

async function lookAt({ call }: Client, batchId: string) {
  try {
    return await call('reads', answers.batch, (sdk) => sdk.batches.status(batchId, {}))
  } catch (failure) {
    if (failure instanceof RateLimited || failure instanceof Unavailable) return failure
    throw failure
  }
}

/** Each read of the batch gives a new address of its results, valid for ten minutes. Null when it gives none. */
async function resultsOf(client: Client, batchId: string): Promise<Map<string, number> | null> {
  const now = await lookAt(client, batchId)
  return 'response_body_url' in now ? resultsAt(client, now.response_body_url) : null
}

/** Null when the results cannot be read. */
async function resultsAt(client: Client, url: string): Promise<Map<string, number> | null> {
  try {
    const address = new URL(url)
    if (!isMailchimps(address, client.baseUrl)) return null
    const response = await fetch(address, { redirect: 'error', signal: AbortSignal.timeout(client.timeoutMs) })
    if (!response.ok) return null
    return await statusesIn(Buffer.from(await response.arrayBuffer()))
  } catch {
    return null
  }
}

/** Only the tool's own hosts are asked: the address comes from an answer, and must not lead us anywhere else. */
function isMailchimps(address: URL, baseUrl: URL): boolean {
  if (address.origin === baseUrl.origin) return true
  return address.protocol === 'https:' && /\.(amazonaws|mailchimp)\.com$/.test(address.hostname)
}

async function statusesIn(archive: Buffer): Promise<Map<string, number>> {
  const isGzip = archive[0] === 0x1f && archive[1] === 0x8b
  const files = extract()
  files.end(isGzip ? await promisify(gunzip)(archive) : archive)
  const statuses = new Map<string, number>()
  for await (const file of files) {
    if (file.header.type !== 'file') {
      await buffer(file)
      continue
    }
    for (const row of answers.batchResults.parse(JSON.parse(await text(file)))) {
      statuses.set(row.operation_id, row.status_code)
    }
  }
  return statuses
}
