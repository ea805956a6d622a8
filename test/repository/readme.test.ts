// The README promises only what is there: its commands, options, scripts, variables and files all exist.
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { expect, test } from 'vitest'
import { program } from '../../src/cli/program.ts'
import { environmentVariables } from '../../src/config.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFileSync(path.join(root, file), 'utf8')
const readme = read('README.md')

test('every command in the README is one that exists, with the options it is given', async () => {
  const commands = code().flatMap((line) => lupaWords(line))

  const problems = (await Promise.all(commands.map((words) => problemOf(words)))).filter(Boolean)

  expect(problems).toEqual([])
  expect(commands.length).toBeGreaterThan(15)
})

test('every script in the README is in package.json', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const named = [...readme.matchAll(/npm (?:run ([a-z:]+)|(start|test))\b/g)].map(([, run, short]) => run ?? short)

  expect(named.filter((name) => name === undefined || !(name in scripts))).toEqual([])
  expect(new Set(named)).toEqual(
    new Set(['demo', 'start', 'test', 'check', 'emulator', 'lupa', 'bench', 'torture', 'faults', 'screenshots']),
  )
})

test('every link and folder in the README leads somewhere', () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, target]) => target ?? '')
  const folders = [...readme.matchAll(/`((?:src|test|workers|prisma)\/[\w./-]*)`/g)].map(([, name]) => name ?? '')

  expect([...links, ...folders].filter((name) => !existsSync(path.join(root, name)))).toEqual([])
  expect(links.length).toBeGreaterThan(15)
})

test('the README names every variable, and no other', () => {
  const table = /## Configuration([\s\S]+?)\n## /.exec(readme)?.[1] ?? ''
  const rows = table.split('\n').filter((line) => line.startsWith('| '))

  const names = rows.flatMap((row) => [...row.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name))

  expect(names.toSorted()).toEqual(environmentVariables.toSorted())
})

test('every invariant is listed once, with the file that holds it', () => {
  const rows = [...readme.matchAll(/^\| (I\d+) \| .+ \| .*\]\(.+\).* \|$/gm)].map(([, id]) => id)

  expect(rows).toEqual(Array.from({ length: 10 }, (_, place) => `I${place + 1}`))
})

test('the licence is Apache 2.0 in full, in the name of the authors', () => {
  const licence = read('LICENSE')

  expect(licence).toMatch(/^\s+Apache License\n\s+Version 2\.0, January 2004\n/)
  expect(licence).toContain('END OF TERMS AND CONDITIONS')
  expect(licence).toMatch(/^ +Copyright \d{4} The Lupa authors$/m)
  expect(JSON.parse(read('package.json'))).toMatchObject({ license: 'Apache-2.0' })
})

/** Every line of every code block, and every piece of code in the text. */
function code(): string[] {
  const blocks = [...readme.matchAll(/```sh\n([\s\S]+?)```/g)].flatMap(([, block = '']) => block.split('\n'))
  const pieces = [...readme.replace(/```[\s\S]+?```/g, '').matchAll(/`([^`\n]+)`/g)].map(([, piece = '']) => piece)
  return [...blocks, ...pieces].map((line) => line.replace(/ +#.*$/, '').trim())
}

/** The words of a command line of ours: after `lupa`, or in a container after the service `worker`. */
function lupaWords(line: string): string[][] {
  const [, words] = /^(?:npx )?lupa ([a-z].*)$/.exec(line) ?? /^docker compose run .*\bworker (.+)$/.exec(line) ?? []
  return words ? [words.split(/ +/)] : []
}

async function problemOf(words: string[]): Promise<string | null> {
  let command: Command = await program(words)
  for (const word of words) {
    if (word.startsWith('-')) {
      const known = command.options.some(({ long, short }) => long === word || short === word)
      if (!known) return `${words.join(' ')}: no option ${word}`
    } else if (command.commands.length > 0) {
      const next = command.commands.find((one) => one.name() === word)
      if (!next) return `${words.join(' ')}: no command ${word}`
      command = next
    }
  }
  return command.commands.length > 0 ? `${words.join(' ')}: not a whole command` : null
}
