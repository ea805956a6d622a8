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
import { round } from './whole-campaign.ts'

/** One part at one size. Rates are people a second; `ratio` compares with what the sentence `against` says, in the same run. */
export type PartFigures = {
  part: string
  people: number
  seconds: number
  perSecond: number
  ratio?: number
  against?: string
}

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
async function importPart({ context }: Stage, people: number): Promise<PartFigures[]> {
  const { db, keys, clock, config } = context
  const file = path.join(config.home, 'tuonti.csv')
  const rows = Array.from(
    { length: people },
    (_, place) => `${place};Etu;Suku${place};tuotu${place}@yritys${place}.example`,
  )
  writeFileSync(file, ['id;etunimi;sukunimi;sposti', ...rows, ''].join('\n'))
  const once = async () =>
    taken(
      async () => void (await importInto(db, keys, await openSource(file), mapping, { actor: 'bench', at: clock() })),
    )
  const first = await once()
  const again = await once()
  return [
    figures('import', people, first),
    { ...figures('import again', people, again), ratio: round(again / first, 2), against: 'the first time' },
  ]
}

async function selectionPart({ context: { db, clock } }: Stage, people: number): Promise<PartFigures> {
  const campaign = await draftCampaign(db, plan, 'bench', clock())
  return figures('selection', people, await taken(async () => void (await previewSelection(db, campaign, clock()))))
}

/** As many opt-outs in the inbox as there are people, until the last is in the register. */
async function feedbackPart({ context }: Stage, people: number): Promise<PartFigures> {
  const { db, keys, clock, queues } = context
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
  const seconds = await taken(async () => {
    await queues.addNow({ job: 'apply-feedback', payload: {} })
    await until(async () => (await db.feedback.count({ where: { appliedAt: null } })) === 0, 300_000, 20)
  })
  return figures('feedback applied', said, seconds)
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
  const batch = await taken(async () => void (await port.removePeople(first, emails)))
  const second = await filled('yksitellen')
  const single = await taken(() => spread(people, (place) => port.removePerson(second, emailOf(place))))
  close()
  return [
    {
      ...figures('removal by batch', people, batch),
      ratio: round(single / batch, 1),
      against: 'times faster than single calls',
    },
    figures('removal by single calls', people, single),
  ]
}

const figures = (part: string, people: number, seconds: number): PartFigures => ({
  ...{ part, people, seconds: round(seconds, 2), perSecond: Math.round(people / seconds) },
})

async function taken(work: () => Promise<void>): Promise<number> {
  const began = performance.now()
  await work()
  return (performance.now() - began) / 1000
}

const plan: CampaignPlan = {
  ...{ name: 'osa', subject: 'Mittaus', fromName: 'Esimerkki', fromEmail: 'erja@konsultti.example', tool: 'mailchimp' },
  ...{ language: 'fi', contentKind: 'html', contentRef: null, html: '<p>Hei</p>', askedRelations: [], askedTags: [] },
  ...{ sendAt: null, settleSeconds: 0 },
}
