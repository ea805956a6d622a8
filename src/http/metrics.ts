// GET /metrics: the figures of this installation for Prometheus. Counts and times only: no person, no campaign's name.
import type { FastifyInstance } from 'fastify'
import { Counter, Gauge, Registry } from 'prom-client'
import type { Context } from '../context.ts'
import { alarmKinds } from '../domain/alarm.ts'
import { errorFacts } from '../logger.ts'
import { alarmCounts } from '../register/alarms.ts'
import { peopleInTools, suppressionTimes, waitingNow } from '../register/figures.ts'
import { setAsideCounts } from '../register/set-aside.ts'
import type { UnknownLinkEvent } from './opt-out/unknown-links.ts'
import type { DeliveryOutcome } from './webhooks.ts'
import { workMetrics } from './work-metrics.ts'

/** Seconds: a webhook's, a poll's, and past every limit. */
const buckets = [0.1, 0.5, 1, 2, 5, 15, 60, 300, 900, 3600, 86_400]

export type Metrics = {
  countDelivery: (outcome: DeliveryOutcome) => void
  countUnknownLink: (event: UnknownLinkEvent) => void
}

/** Adds GET /metrics, with a registry of its own for this server; returns what the other routes count with. */
export function metricsRoutes(server: FastifyInstance, context: Context): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const renew = workMetrics(registry, context)
  const deliveries = new Counter({
    name: 'lupa_webhook_deliveries_total',
    help: 'Deliveries of the tool’s webhooks that this process took, by what became of them.',
    labelNames: ['outcome'],
    registers,
  })
  const unknownLinks = new Counter({
    name: 'lupa_unknown_opt_out_links_total',
    help: 'Opt-out links posted to this process that name nobody; refused ones and alarms besides.',
    labelNames: ['event'],
    registers,
  })
  const inTool = new Gauge({ name: 'lupa_people_in_tool', help: 'People who are in a tool now.', registers })
  const waiting = new Gauge({ name: 'lupa_feedback_waiting', help: 'Feedback not applied yet.', registers })
  const age = new Gauge({
    name: 'lupa_feedback_oldest_seconds',
    help: 'For how long the oldest feedback has not been applied.',
    registers,
  })
  const overdue = new Gauge({
    name: 'lupa_feedback_overdue',
    help: '1 when feedback has waited for longer than LUPA_FEEDBACK_ALARM.',
    registers,
  })
  const alarms = new Gauge({
    name: 'lupa_alarms',
    help: 'Alarms that are on: what somebody must look at.',
    labelNames: ['kind'],
    registers,
  })
  const aside = new Gauge({
    name: 'lupa_set_aside',
    help: 'What cannot go through for now and stops nobody else, by what it is.',
    labelNames: ['what'],
    registers,
  })
  server.get('/metrics', async (_request, reply) => {
    const db = context.as('web')
    const inbox = await waitingNow(db, context.clock())
    inTool.set(await peopleInTools(db))
    waiting.set(inbox.waiting)
    age.set(inbox.oldestSeconds)
    overdue.set(inbox.oldestSeconds * 1000 > context.config.feedbackAlarmMs ? 1 : 0)
    const on = await alarmCounts(db)
    for (const kind of alarmKinds) alarms.set({ kind }, on[kind] ?? 0)
    for (const [what, count] of Object.entries(await setAsideCounts(db))) aside.set({ what }, count)
    // A queue that is down takes none of the other figures with it.
    await renew().catch((error) => context.log.warn(errorFacts(error), 'a part of the metrics could not be read'))
    const text = await registry.metrics()
    return reply.type(Registry.PROMETHEUS_CONTENT_TYPE).send(`${text}${await suppressionHistogram(context)}`)
  })
  return {
    countDelivery: (outcome) => deliveries.inc({ outcome }),
    countUnknownLink: (event) => unknownLinks.inc({ event }),
  }
}

const name = 'lupa_suppression_seconds'

/**
 * The suppressions happen in the workers' processes and are all in the register, so the histogram is read there as a whole and
 * written in Prometheus' text format; the library's own histogram can only observe within this process.
 */
async function suppressionHistogram({ as }: Context): Promise<string> {
  const lines = [
    `# HELP ${name} From the recipient’s act to the suppression in the register, by source.`,
    `# TYPE ${name} histogram`,
  ]
  for (const { source, count, sumSeconds, atMost } of await suppressionTimes(as('web'), buckets)) {
    for (const [place, bound] of buckets.entries()) {
      lines.push(`${name}_bucket{source="${source}",le="${bound}"} ${atMost[place]}`)
    }
    lines.push(`${name}_bucket{source="${source}",le="+Inf"} ${count}`)
    lines.push(`${name}_sum{source="${source}"} ${sumSeconds}`, `${name}_count{source="${source}"} ${count}`)
  }
  return `${lines.join('\n')}\n`
}
