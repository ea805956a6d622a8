// Every route of the tool × every fault, a whole campaign for each, and the document that shows what came of it.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestDatabase } from '../support/database.ts'
import { type Fault, type FaultWorld, faults, type Life, openFaultWorld } from './campaign-life.ts'
import { refusals } from './refusals.ts'

export const matrixFile = fileURLToPath(new URL('../../docs/fault-matrix.md', import.meta.url))
const adapter = fileURLToPath(new URL('../../src/marketing/mailchimp', import.meta.url))

export type Cell = { route: string; fault: Fault; life: Life }

/** The routes that a campaign without trouble calls, in the order of the alphabet. */
export async function routesUsed(world: FaultWorld): Promise<string[]> {
  const { routes, wrong } = await world.live('429', [])
  if (wrong.length > 0) throw new Error(`even without trouble: ${wrong.join('; ')}`)
  return routes
}

/** The different calls of the tool that the adapter's source names; each has a route of its own. */
export function callsInSource(): string[] {
  const files = readdirSync(adapter).filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
  const text = files.map((name) => readFileSync(path.join(adapter, name), 'utf8')).join('\n')
  const named = text.matchAll(/\b((?:lists|campaigns|reports|batches|root|ping)\.\w+)\(/g)
  const byPath = text.matchAll(/const path = '(\/[^']+)'/g)
  return [...new Set([...named, ...byPath].map(([, call = '']) => call))].sort()
}

/** Lives every cell, shared out among worlds on these databases. Throws with the cells in which something was wrong. */
export async function wholeMatrix(databases: TestDatabase[], tell: (cell: Cell) => void): Promise<Cell[]> {
  const worlds: FaultWorld[] = []
  for (const database of databases) worlds.push(await openFaultWorld(database))
  try {
    const routes = await routesUsed(worlds[0] as FaultWorld)
    const due = routes.flatMap((route) => (Object.keys(faults) as Fault[]).map((fault) => ({ route, fault })))
    const cells: Cell[] = []
    const work = async (world: FaultWorld) => {
      for (let next = due.shift(); next; next = due.shift()) {
        const cell = { ...next, life: await world.live(next.fault, [next.route]) }
        tell(cell)
        cells.push(cell)
      }
    }
    await Promise.all(worlds.map(work))
    return cells
  } finally {
    for (const world of worlds) await world.close()
  }
}

/** A cell's words in the table: how it ended, and in how many different jobs the trouble was met. */
export function inTable({ life }: Cell): string {
  if (life.wrong.length > 0) return `WRONG: ${life.wrong.join('; ')}`
  const met = `${life.struck.length}×`
  return life.halts.length === 0 ? `done ${met}` : `halts ${met}: ${[...new Set(life.halts)].join(' / ')}`
}

/** The document. */
export function matrixDocument(cells: Cell[]): string {
  const names = Object.keys(faults) as Fault[]
  const routes = [...new Set(cells.map(({ route }) => route))].sort()
  const row = (route: string) => {
    const told = names.map((fault) => cells.find((one) => one.route === route && one.fault === fault))
    return `| \`${route}\` | ${told.map((cell) => (cell ? inTable(cell) : '–')).join(' | ')} |`
  }
  return `# Fault matrix

What becomes of a campaign when the tool misbehaves. This page is written by \`npm run faults\`; do not edit it.

## On the wire

Each cell is the whole life of one campaign of five people: designed and tested in the tool, launched, one says no before it is sent,
one opts out, one bounces and one complains after it, everybody leaves, and a week later the empty audience is deleted. No webhook
arrives. In every job that calls the route its first call fails in this way: \`done 3×\` means that it was met in three different jobs,
and that the campaign came to its end by itself. After each, from the outside: nobody and no report row is left in the tool, no audience
and no campaign; nobody was mailed twice, and nobody after their no; every answer is in the register; the certificate is intact and its
figures add up.

| route | ${names.join(' | ')} |
|---|${names.map(() => '---|').join('')}
${routes.map(row).join('\n')}

Removals of many people run inside \`POST /batches\`, where each has an answer of its own: one that fails is repeated alone.

While it lasts \`lupa campaign status\` says what the campaign waits for:

| fault | it says |
|---|---|
${names.map((fault) => `| ${fault} | ${saying(cells, fault)} |`).join('\n')}

## The tool's own refusals

| refusal | what Lupa does | test |
|---|---|---|
${refusals.map(({ refusal, does, tests }) => `| ${refusal} | ${does} | ${tests.map(linked).join('; ')} |`).join('\n')}
`
}

function saying(cells: Cell[], fault: Fault): string {
  const said = new Set(cells.filter((cell) => cell.fault === fault).flatMap(({ life }) => life.says))
  return said.size === 0 ? 'nothing: nothing fails' : [...said].sort().join(' / ')
}

function linked(test: string): string {
  const file = test.slice(0, test.indexOf(':'))
  return `[${path.basename(file)}](../${file})`
}
