// Probes: alive, and ready (the database answers and the queue can be asked).
import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { sql } from '../register/database.ts'

/** Adds GET /health/live and /health/ready. */
export function healthRoutes(server: FastifyInstance, { as, queues }: Context): void {
  server.get('/health/live', async () => ({ live: true }))
  server.get('/health/ready', async (_request, reply) => {
    const checks = {
      database: await passes(() => as('web').$queryRaw(sql`select 1`)),
      queue: await passes(() => queues.counts('tool')),
    }
    const ready = Object.values(checks).every(Boolean)
    return reply.code(ready ? 200 : 503).send({ ready, ...checks })
  })
}

async function passes(check: () => Promise<unknown>): Promise<boolean> {
  return check().then(
    () => true,
    () => false,
  )
}
