// Whoever wants to see where the time goes is told of jobs and of calls of the tool; nobody is told of people.
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { openTraceCollector, type Span } from '../support/trace-collector.ts'
import { openWorld } from '../support/world.ts'

test('with a collector every job of a campaign is traced with its calls of the tool beneath it, and nobody is named', async () => {
  const collector = await openTraceCollector()
  const world = await openWorld({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } })
  const people = await world.people(3)
  const campaign = await world.draft({ settleSeconds: 0 })
  await world.launch(campaign)
  await world.reached(campaign, 'closed')
  await world.close()

  const { spans, texts } = collector
  await collector.close()
  const jobs = ['disclose-recipients', 'send-campaign', 'withdraw-recipients', 'verify-withdrawal']
  expect(jobs.filter((job) => !spans.some((span) => isRun(span, job)))).toEqual([])
  const add = spans.find(({ name }) => name === 'POST /lists/{list_id}')
  const above = lineOf(spans, add)
  expect(above.some((span) => isRun(span, 'disclose-recipients'))).toBe(true)
  const said = texts.join('\n').toLowerCase()
  const named = people.flatMap(({ email }) => [
    email,
    ...['md5', 'sha1', 'sha256'].map((kind) => createHash(kind).update(email).digest('hex')),
  ])
  expect(named.filter((trace) => said.includes(trace))).toEqual([])
  expect(people.filter(({ lastName }) => said.includes(lastName.toLowerCase()))).toEqual([])
})

test('a collector that is away holds nobody up at the end', async () => {
  const world = await openWorld({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }, working: false })
  await world.context.queues.add({ job: 'sweep', payload: {} })

  await expect(world.close()).resolves.toBeUndefined()
})

/** Whether a span is of a worker that ran this job. */
function isRun({ name, attributes }: Span, job: string): boolean {
  return name.startsWith('process') && attributes.some(({ value }) => value['stringValue'] === job)
}

/** A span and everything above it. */
function lineOf(spans: Span[], from: Span | undefined): Span[] {
  return from
    ? [
        from,
        ...lineOf(
          spans,
          spans.find(({ spanId }) => spanId === from.parentSpanId),
        ),
      ]
    : []
}
