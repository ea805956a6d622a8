// The fault matrix in short: every call of every job fails once. The whole table is made by `npm run faults`.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fault, type FaultWorld, faults, openFaultWorld } from './campaign-life.ts'
import { callsInSource, matrixFile, routesUsed } from './matrix.ts'
import { refusals } from './refusals.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const document = () => readFileSync(matrixFile, 'utf8')
const dangerous = ['POST /lists/:list_id', 'POST /batches', 'POST /campaigns/:campaign_id/actions/send']

let world: FaultWorld
let routes: string[]
beforeAll(async () => {
  world = await openFaultWorld()
  routes = await routesUsed(world)
})
afterAll(() => world.close())

test.each<Fault>(['bodyless 403', 'reset before the effect', 'answer lost after the effect', 'malformed JSON'])(
  'when the first call of every route fails in every job (%s), the campaign comes to its end and nobody is lost, left or mailed twice',
  async (fault) => {
    const { struck, halts, wrong } = await world.live(fault, routes)

    expect({ halts, wrong }).toEqual({ halts: [], wrong: [] })
    expect(struck.length).toBeGreaterThan(1.8 * routes.length)
  },
)

test('when adding people, removing them or the order to send takes too long, the same holds', async () => {
  const { struck, halts, wrong } = await world.live('time-out', dangerous)

  expect({ halts, wrong }).toEqual({ halts: [], wrong: [] })
  expect(struck.sort()).toEqual(['disclose-recipients', 'send-campaign', 'withdraw-recipients'])
})

test('the document shows every route that the adapter calls, each with every fault, and nothing that went wrong', () => {
  const rows = [...document().matchAll(/^\| `([A-Z]+ \/\S*)` \|(.*)\|$/gm)]
  const cells = rows.flatMap(([, , row = '']) => row.split(' | '))

  expect(rows.map(([, route]) => route)).toEqual(routes)
  // A call in the source that no campaign of ours makes would be missing from the table.
  expect(callsInSource()).toHaveLength(routes.length)
  expect(cells).toHaveLength(routes.length * Object.keys(faults).length)
  expect(cells.filter((cell) => !/^(done|halts) [1-9]\d*×/.test(cell.trim()))).toEqual([])
})

test('every refusal of the tool in the document is shown by tests that exist', () => {
  const missing = refusals.flatMap(({ tests }) => tests).filter((one) => !isThere(one))

  expect(missing).toEqual([])
  for (const { refusal, does } of refusals) expect(document()).toContain(`| ${refusal} | ${does} |`)
})

function isThere(test: string): boolean {
  const [file = '', ...name] = test.split(': ')
  const claim = name.join(': ')
  return existsSync(path.join(root, file)) && readFileSync(path.join(root, file), 'utf8').includes(`'${claim}`)
}
