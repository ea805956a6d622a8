// What workers do, for GET /metrics: requests of the tool, people disclosed, queues, deadlines. Read from the register and the queues,
// because whoever is asked is rarely the process that did it.
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Context } from '../context.ts'
import { queueNames } from '../queue/jobs.ts'
import { readCounters } from '../register/counters.ts'
import { nextDeadline } from '../register/figures.ts'

/** Adds the metrics to a registry; returns what brings them up to date before each answer. */
export function workMetrics(registry: Registry, context: Context): () => Promise<void> {
  const registers = [registry]
  const requests = new Counter({
    name: 'lupa_tool_requests_total',
    help: 'Requests to the tool, by route and by the status of the answer; throttled: one too many; none: no answer.',
    labelNames: ['route', 'outcome'],
    registers,
  })
  const seconds = new Counter({
    name: 'lupa_tool_request_seconds_total',
    help: 'How long those requests took.',
    labelNames: ['route', 'outcome'],
    registers,
  })
  const throttles = new Counter({
    name: 'lupa_tool_throttles_total',
    help: 'Requests the tool refused as one too many.',
    registers,
  })
  const disclosed = new Counter({
    name: 'lupa_people_disclosed_total',
    help: 'People the tool has taken, ever: its rate is the rate of disclosure.',
    registers,
  })
  const jobs = new Gauge({
    name: 'lupa_queue_jobs',
    help: 'Jobs of each queue by their state.',
    labelNames: ['queue', 'state'],
    registers,
  })
  const deadline = new Gauge({
    name: 'lupa_deadline_left_seconds',
    help: 'Until the next time by which nobody may be left in the tool; below 0 it is over. Absent while nobody is there.',
    registers,
  })
  return async () => {
    for (const one of [requests, seconds, throttles, disclosed, deadline]) one.reset()
    for (const { name, label, value } of await readCounters(context.as('web'))) {
      const at = label.lastIndexOf(' ')
      const labels = { route: label.slice(0, at), outcome: label.slice(at + 1) }
      if (name === 'tool_requests') requests.inc(labels, value)
      if (name === 'tool_requests' && labels.outcome === 'throttled') throttles.inc(value)
      if (name === 'tool_seconds') seconds.inc(labels, value)
      if (name === 'people_disclosed') disclosed.inc(value)
    }
    const next = await nextDeadline(context.as('web'))
    if (next) deadline.set((next.getTime() - context.clock().getTime()) / 1000)
    else deadline.remove()
    for (const queue of queueNames) {
      for (const [state, count] of Object.entries(await context.queues.counts(queue))) jobs.set({ queue, state }, count)
    }
  }
}
