// An OpenTelemetry collector of our own: takes what is traced over HTTP, and remembers it.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { z } from 'zod'

const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  attributes: z.array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) })).default([]),
})
const told = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(span) })) })),
})
export type Span = z.infer<typeof span>

export type TraceCollector = {
  /** What OTEL_EXPORTER_OTLP_ENDPOINT should be. */
  url: string
  spans: Span[]
  /** Everything that came, as it came. */
  texts: string[]
  close: () => Promise<void>
}

/** Opens one. Close it. */
export async function openTraceCollector(): Promise<TraceCollector> {
  const spans: Span[] = []
  const texts: string[] = []
  const server = createServer(async (request, response) => {
    const body = await text(request)
    texts.push(body)
    for (const { scopeSpans } of told.parse(JSON.parse(body)).resourceSpans)
      spans.push(...scopeSpans.flatMap((scope) => scope.spans))
    response.setHeader('content-type', 'application/json').end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    ...{ url: `http://127.0.0.1:${port}`, spans, texts },
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  }
}
