// The figures of a whole campaign at one size, against the floor and the naïve connector of the same run.
import { floorOf } from './floor.ts'
import { naiveConnector } from './naive.ts'
import { populate } from './population.ts'
import { openStage, type StageOptions } from './stage.ts'
import { type CampaignRun, round, wholeCampaign } from './whole-campaign.ts'

/** Times in seconds, memory in MiB, CPU in milliseconds. Rates are per 1,000 people; `times…` are ratios inside the run. */
export type CampaignFigures = {
  people: number
  backend: 'postgres' | 'redis'
  processes: number
  seconds: number
  peoplePerSecond: number
  requests: number
  requestsPer1000: number
  waitingPolls: number
  floorSeconds: number
  floorRequests: number
  timesFloor: number
  naiveSeconds: number
  timesFasterThanNaive: number
  disclosureUtilisation: number
  addingShares: number[]
  peakRssMb: number
  cpuMsPer1000: number
  reached: Record<string, number>
}

/** The naïve connector is linear by nature: it is measured with so many people at most, and scaled. */
const naivePeople = 1_000

/** Measures one campaign of so many people on a stage of its own. */
export async function campaignFigures(people: number, options: StageOptions = {}): Promise<CampaignFigures> {
  const stage = await openStage(options)
  try {
    await populate(stage.context, people)
    const run = await wholeCampaign(stage, people)
    if (process.env['LOG_LEVEL'] === 'debug') process.stderr.write(`${JSON.stringify(run, null, 1)}\n`)
    await stage.emptyTool()
    const connections = stage.context.config.toolConnections
    const adds = run.byRoute['POST /lists/:list_id'] ?? 1
    const floor = await floorOf(stage.tool, { people, adds, connections })
    await stage.emptyTool()
    const few = Math.min(people, naivePeople)
    const naiveSeconds = ((await naiveConnector(stage.tool, few, connections)) * people) / few
    return {
      ...rates(run),
      backend: options.redisUrl ? 'redis' : 'postgres',
      processes: options.processes ?? 1,
      floorSeconds: round(floor.seconds, 2),
      floorRequests: floor.requests,
      timesFloor: round(run.seconds / floor.seconds, 3),
      naiveSeconds: round(naiveSeconds, 1),
      timesFasterThanNaive: round(naiveSeconds / run.seconds, 1),
    }
  } finally {
    await stage.close()
  }
}

function rates(run: CampaignRun) {
  const { people, seconds, requests, waitingPolls, disclosureUtilisation, addingShares, peakRssMb, cpuMs, reached } =
    run
  return {
    people,
    seconds,
    peoplePerSecond: round(people / seconds, 1),
    requests,
    requestsPer1000: round((requests * 1000) / people, 2),
    waitingPolls,
    disclosureUtilisation,
    addingShares,
    peakRssMb,
    cpuMsPer1000: round((cpuMs * 1000) / people, 1),
    reached,
  }
}
