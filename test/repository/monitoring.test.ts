// The dashboard and the alert rules speak of metrics that there are.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFileSync(`${root}/${file}`, 'utf8')

/** The names of metrics in a text, without what Prometheus adds to those of a histogram. */
const named = (text: string) =>
  new Set([...text.matchAll(/\blupa_[a-z_]+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, '')))

const told = named(
  readdirSync(`${root}/src/http`)
    .filter((name) => name.endsWith('metrics.ts'))
    .map((name) => read(`src/http/${name}`))
    .join(''),
)

test('the dashboard shows every metric, and none that nobody tells', () => {
  const { panels } = JSON.parse(read('docs/monitoring/grafana-dashboard.json'))
  const shown = named(JSON.stringify(panels))

  expect(panels.length).toBeGreaterThan(8)
  expect([...shown].filter((name) => !told.has(name))).toEqual([])
  expect([...told].filter((name) => !shown.has(name))).toEqual(['lupa_feedback_waiting', 'lupa_feedback_overdue'])
})

test('every alert rule asks metrics that are told, and says what it means', () => {
  const { groups } = parse(read('docs/monitoring/alert-rules.yaml'))
  const rules: { alert: string; expr: string; annotations: { summary: string } }[] = groups[0].rules

  for (const { alert, expr, annotations } of rules) {
    expect(
      [...named(expr)].filter((name) => !told.has(name)),
      alert,
    ).toEqual([])
    expect(annotations.summary.length, alert).toBeGreaterThan(20)
  }
  expect(rules.map(({ alert }) => alert)).toContain('LupaPeoplePastDeadline')
})
