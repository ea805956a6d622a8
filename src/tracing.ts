// Traces (OpenTelemetry): which job ran when, what it waited for, and which calls of the tool it made. Off unless
// OTEL_EXPORTER_OTLP_ENDPOINT names a collector; then job ids, campaign ids and routes leave for it, and nothing about people.
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'

export type Tracing = {
  /** Sends what is left, and stops tracing. A collector that does not answer is not waited for long. */
  close: () => Promise<void>
}

const patienceMs = 2000

/** Begins to trace this process. The packages for it are loaded now: most installations never need them. */
export async function startTracing(endpoint: string): Promise<Tracing> {
  const { BatchSpanProcessor, NodeTracerProvider } = await import('@opentelemetry/sdk-trace-node')
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`
  const provider = new NodeTracerProvider({
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url, timeoutMillis: patienceMs }))],
  })
  provider.register()
  return {
    close: async () => {
      await provider.shutdown().catch(() => {})
      trace.disable()
    },
  }
}

/**
 * A call of the tool that is just over, as a span beneath the job that made it. `route` has its ids apart; `outcome` is a status, or
 * a word. Does nothing while nobody traces.
 */
export function traceCall(route: string, outcome: string, ms: number): void {
  const over = Date.now()
  const span = trace.getTracer('lupa').startSpan(route, {
    kind: SpanKind.CLIENT,
    startTime: over - ms,
    attributes: { 'lupa.outcome': outcome },
  })
  if (!/^2\d\d$/.test(outcome)) span.setStatus({ code: SpanStatusCode.ERROR })
  span.end(over)
}
