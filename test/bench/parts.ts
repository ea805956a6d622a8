// Parts of a campaign by themselves: import, selection, feedback read and applied, removal in batches and one by one.
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { readMapping } from '../../src/intake/mapping.ts'
import { openSource } from '../../src/intake/open-source.ts'
import { until } from '../../src/operator/run-workers.ts'
import { type CampaignPlan, draftCampaign } from '../../src/register/campaigns.ts'
import { importInto } from '../../src/register/imports.ts'
import { previewSelection } from '../../src/register/selection.ts'
import { bareClient } from './bare-client.ts'
import { audience } from './naive.ts'
import { emailOf, populate } from './population.ts'
import { openStage, type Stage } from './stage.ts'
import { usageOfThis } from './usage.ts'
import { round } from './whole-campaign.ts'

/**
 * One part at one size. Rates are people a second; `ratio` compares with what the sentence `against` says, in the same run.
 * `utilisation` is the busy connection-seconds ÷ (connections × time), `peakRssMb` the most memory that the process at work has ever
 * taken.
 */
export type PartFigures = {
  part: string
  people: number
  seconds: number
  perSecond: number
  requestsPer1000: number
  utilisation: number
  cpuMsPer1000: number
  peakRssMb: number
  ratio?: number
  against?: string
}

type Worked = { seconds: number; requests: number; busySeconds: number; cpuMs: number; peakRssMb: number }

/** Measures every part with so many people. */
export async function partFigures(people: number): Promise<PartFigures[]> {
  const stage = await openStage()
  try {
    const imported = await importPart(stage, people)
    await populate(stage.context, people)
    return [
      ...imported,
      await selectionPart(stage, people * 2),
      await feedbackPart(stage, people),
      ...(await removalParts(stage, 1_000)),
    ]
  } finally {
    await stage.close()
  }
}

const mapping = readMapping(`
register: tuonti
persons:
  key: id
  columns: { firstName: etunimi, lastName: sukunimi, email: sposti }
`)

/** A file of new people, and the same file again. */
async function importPart(stage: Stage, people: number): Promise<PartFigures[]> {
  const { db, keys, clock, config } = stage.context
  const file = path.join(config.home, 'tuonti.csv')
  const rows = Array.from(
    { length: people },
    (_, place) => `${place};Etu;Suku${place};tuotu${place}@yritys${place}.example`,
  )
  writeFileSync(file, ['id;etunimi;sukunimi;sposti', ...rows, ''].join('\n'))
  const once = async () =>
    worked(stage, 'here', async () => {
      await importInto(db, keys, await openSource(file), mapping, { actor: 'bench', at: clock() })
    })
  const first = await once()
  const again = await once()
  const ratio = round(again.seconds / first.seconds, 2)
  return [
    figures(stage, 'import', people, first),
    { ...figures(stage, 'import again', people, again), ratio, against: 'the first time' },
  ]
}

async function selectionPart(stage: Stage, people: number): Promise<PartFigures> {
  const { db, clock } = stage.context
  const campaign = await draftCampaign(db, plan, 'bench', clock())
  const done = await worked(stage, 'here', async () => void (await previewSelection(db, campaign, clock())))
  return figures(stage, 'selection', people, done)
}

/** As many opt-outs in the inbox as there are people, until the last is in the register. */
async function feedbackPart(stage: Stage, people: number): Promise<PartFigures> {
  const { db, keys, clock, queues } = stage.context
  const said = Math.min(people, 2_000)
  const campaign = await draftCampaign(db, plan, 'bench', clock())
  const found = await db.person.findMany({
    where: { register: 'mittaus' },
    take: said,
    select: { id: true, email: true },
  })
  await db.recipient.createMany({
    data: found.map(({ id, email }) => ({
      ...{ campaignId: campaign.id, personId: id, state: 'removed', batch: 1, disclosed: true, sent: true },
      addressHash: keys.hash('email', email as string),
    })),
  })
  const recipients = await db.recipient.findMany({ where: { campaignId: campaign.id } })
  await db.feedback.createMany({
    data: recipients.map(({ id, addressHash }) => ({
      ...{
        campaignId: campaign.id,
        recipientId: id,
        source: 'report',
        kind: 'opted-out',
        addressHash: addressHash as string,
      },
      ...{ at: clock(), receivedAt: clock(), onceKey: `bench|${id}` },
    })),
  })
  const done = await worked(stage, 'workers', async () => {
    await queues.addNow({ job: 'apply-feedback', payload: {} })
    await until(async () => (await db.feedback.count({ where: { appliedAt: null } })) === 0, 300_000, 20)
  })
  return figures(stage, 'feedback applied', said, done)
}

/** The same people removed by batch and by single calls, at the same connections. */
async function removalParts(stage: Stage, people: number): Promise<PartFigures[]> {
  const { context, tool } = stage
  const connections = context.config.toolConnections
  const { ask, spread, close } = bareClient(tool, connections)
  const port = context.tool('mailchimp')
  const filled = async (name: string) => {
    const id = (await ask('POST', '/lists', audience(name)))?.['id'] as string
    for (let from = 0; from < people; from += 500) {
      const members = Array.from({ length: 500 }, (_, place) => ({
        email_address: emailOf(from + place),
        status: 'subscribed',
      }))
      await ask('POST', `/lists/${id}`, { members, update_existing: false })
    }
    return id
  }
  const emails = Array.from({ length: people }, (_, place) => emailOf(place))
  const first = await filled('erissa')
  const batch = await worked(stage, 'here', async () => void (await port.removePeople(first, emails)))
  const second = await filled('yksitellen')
  const single = await worked(stage, 'here', () => spread(people, (place) => port.removePerson(second, emailOf(place))))
  close()
  return [
    {
      ...figures(stage, 'removal by batch', people, batch),
      ratio: round(single.seconds / batch.seconds, 1),
      against: 'times faster than single calls',
    },
    figures(stage, 'removal by single calls', people, single),
  ]
}

function figures({ context: { config } }: Stage, part: string, people: number, done: Worked): PartFigures {
  const { seconds, requests, busySeconds, cpuMs, peakRssMb } = done
  return {
    ...{ part, people, seconds: round(seconds, 2), perSecond: Math.round(people / seconds) },
    requestsPer1000: round((requests * 1000) / people, 2),
    utilisation: round(busySeconds / (config.toolConnections * seconds), 3),
    cpuMsPer1000: round((cpuMs * 1000) / people, 1),
    peakRssMb: Math.round(peakRssMb),
  }
}

/** Does a part, and says what it took of the tool and of the process which does it: this one, or the workers. */
async function worked(stage: Stage, where: 'here' | 'workers', part: () => Promise<void>): Promise<Worked> {
  const used = async () => (where === 'workers' ? stage.usage() : usageOfThis())
  const [usedBefore, askedBefore] = [await used(), await askedOf(stage)]
  const began = performance.now()
  await part()
  const seconds = (performance.now() - began) / 1000
  const [{ cpuMs, peakRssMb }, { requests, busySeconds }] = [await used(), await askedOf(stage)]
  return {
    ...{ seconds, peakRssMb, cpuMs: cpuMs - usedBefore.cpuMs },
    ...{ requests: requests - askedBefore.requests, busySeconds: busySeconds - askedBefore.busySeconds },
  }
}

async function askedOf(stage: Stage): Promise<{ requests: number; busySeconds: number }> {
  const { total, waiting, times } = await stage.requests()
  const busyMs = Object.values(times).reduce((sum, { busy }) => sum + busy, 0)
  return { requests: total - waiting, busySeconds: busyMs / 1000 }
}

const plan: CampaignPlan = {
  ...{ name: 'osa', subject: 'Mittaus', fromName: 'Esimerkki', fromEmail: 'erja@konsultti.example', tool: 'mailchimp' },
  ...{ language: 'fi', contentKind: 'html', contentRef: null, html: '<p>Hei</p>', askedRelations: [], askedTags: [] },
  ...{ sendAt: null, settleSeconds: 0 },
}
