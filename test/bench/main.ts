// `npm run bench`: how fast, how thrifty and how small a campaign is, every figure a ratio inside one run against the floor (a bare
// client) and the naïve connector. `-- --people N` measures the whole campaign alone; `-- --json` ends with the figures on one line.
import { parseArgs } from 'node:util'
import { table } from '../../src/cli/table.ts'
import { type CampaignFigures, campaignFigures } from './campaign-figures.ts'

const say = (line: string) => process.stderr.write(`${line}\n`)

/** The sizes that show how everything grows; larger ones are asked for with --people. */
const sizes = [1_000, 10_000]

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { people: { type: 'string' }, json: { type: 'boolean', default: false } } })
  const people = values.people === undefined ? null : Number(values.people)
  if (people !== null && (!Number.isInteger(people) || people < 1)) {
    say('--people takes a whole number of people, such as 10000')
    process.exitCode = 2
    return
  }
  const figures: CampaignFigures[] = []
  for (const size of people === null ? sizes : [people]) {
    say(`a whole campaign of ${size} people: ours, the floor, the naïve connector`)
    figures.push(await campaignFigures(size))
  }
  if (values.json) for (const one of figures) process.stdout.write(`${JSON.stringify(one)}\n`)
  else process.stdout.write(`${campaignTable(figures)}\n`)
}

function campaignTable(figures: CampaignFigures[]): string {
  const head = [
    ...['people', 'seconds', 'times floor', 'times naïve', 'requests', 'per 1,000', 'polls'],
    ...['adding busy', 'peak MiB', 'CPU ms/1,000'],
  ]
  return table(
    head,
    figures.map((one) => [
      one.people,
      one.seconds,
      one.timesFloor,
      one.timesFasterThanNaive,
      one.requests,
      one.requestsPer1000,
      one.waitingPolls,
      `${Math.round(one.disclosureUtilisation * 100)} %`,
      one.peakRssMb,
      one.cpuMsPer1000,
    ]),
  )
}

await main()
