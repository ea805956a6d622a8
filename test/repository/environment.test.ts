// .env.example is the one list of variables for people: complete, nothing invented, every example a value that is accepted.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { environmentVariables, readConfig } from '../../src/config.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What has been promised to users; none of these names may ever change. */
const promised = [
  'LUPA_HOME',
  'LUPA_CONFIG',
  'DATABASE_URL',
  'REDIS_URL',
  'MAILCHIMP_API_KEY',
  'MAILCHIMP_ACCOUNT_ID',
  'MAILCHIMP_BASE_URL',
  'LUPA_PUBLIC_URL',
  'LUPA_SECRET_KEYS',
  'LUPA_LEDGER',
  'LUPA_SETTLE',
  'LUPA_POLL',
  'LUPA_TOOL_CONNECTIONS',
  'TOOL_TRANSFER_ALLOWED',
  'SMTP_URL',
  'PORT',
  'LOG_LEVEL',
]

test('.env.example names every variable that is read, in the same order, and no other', () => {
  const names = examples().map(({ name }) => name)

  expect(names).toEqual(environmentVariables)
  expect(promised.filter((name) => !names.includes(name))).toEqual([])
})

test('.env.example gives every variable one line of words and one example, and copying it changes nothing', () => {
  const lines = readFileSync(path.join(root, '.env.example'), 'utf8').trimEnd().split('\n')

  const shape = lines.map((line, place) => (place % 2 === 0 ? /^# [^=]+$/ : /^# [A-Z_]+=\S+$/).test(line))

  expect(lines.filter((_, place) => !shape[place])).toEqual([])
  expect(lines).toHaveLength(environmentVariables.length * 2)
})

test('every example is a value that is accepted', () => {
  const given = Object.fromEntries(examples().map(({ name, value }) => [name, value]))

  const config = readConfig({ ...given, LUPA_CONFIG: path.join(root, 'prisma', 'sample', 'lupa.yaml') })

  expect(config.company?.controller.city).toBe('Vanhalinna')
})

test('an example named as a default is the default', () => {
  const defaults = examples().filter(({ words }) => words.includes('(default: '))
  const literal = defaults.filter(({ words, value }) => words.endsWith(`(default: ${value})`))

  const asExamples = readConfig(Object.fromEntries(literal.map(({ name, value }) => [name, value])))

  expect({ ...asExamples, logLevelGiven: false }).toEqual(readConfig({}))
  expect(literal.length).toBeGreaterThan(7)
})

function examples(): { name: string; value: string; words: string }[] {
  const text = readFileSync(path.join(root, '.env.example'), 'utf8')
  return [...text.matchAll(/^# (.+)\n# ([A-Z_]+)=(.*)$/gm)].map(([, words = '', name = '', value = '']) => ({
    name,
    value,
    words,
  }))
}
