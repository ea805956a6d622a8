// What is past its lifetime goes: the automatic categories now, the others once the operator confirms; who forgets to is told.
import { dataCategories } from '../src/domain/retention.ts'
import { retentionDue, runRetention } from '../src/register/retention.ts'
import { eachByItself } from './each-by-itself.ts'
import { processor } from './processor.ts'

export const expireData = processor('expire-data', async (_payload, { db, clock, config, log }) => {
  const { company } = config
  // Without lupa.yaml nobody has said how long anything is kept.
  if (!company) return
  const at = clock()
  const automatic = dataCategories.filter((one) => company.automatic.includes(one))
  await eachByItself(automatic, async (category) => {
    const deleted = await runRetention(db, category, company, { actor: 'worker', at, mode: 'automatic' })
    if (deleted > 0) log.info({ category, deleted }, 'past its lifetime: deleted')
  })
  for (const { category, due, overdue } of await retentionDue(db, company, at)) {
    if (overdue) log.error({ category, due }, 'past its lifetime, and nobody has confirmed its deletion for too long')
  }
})
