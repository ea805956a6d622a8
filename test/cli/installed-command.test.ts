// The installed command: what stands between a terminal and the program.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cloneOf, repository, run } from '../embedded/clones.ts'

test('it makes the program where it is missing, hands its arguments on, and ends as the program ends', async () => {
  const clone = cloneOf("console.log(process.argv.slice(2).join(' '))\nprocess.exitCode = 3\n")

  const ended = await run(installedCommand(clone), ['campaign', 'list'])

  expect(ended).toEqual({ code: 3, stdout: 'campaign list\n', stderr: '' })
})

test('a word to end reaches the program once: Ctrl-C at a terminal, which tells it to everybody, and a signal', async ({
  skip,
}) => {
  skip(spawnSync('script', ['--version']).status !== 0, 'no `script` on PATH that makes a terminal')
  const command = installedCommand(cloneOf(tellsWhatItHears))

  const atTerminal = spawn('script', ['-qec', `'${process.execPath}' '${command}'`, '/dev/null'])
  const elsewhere = spawn(process.execPath, [command], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => [atTerminal, elsewhere].forEach((each) => void each.kill('SIGTERM')))

  expect(await saidBy(atTerminal, () => atTerminal.stdin.write('\x03'))).toMatch(/heard 1\r?\n$/)
  expect(await saidBy(elsewhere, () => elsewhere.kill('SIGINT'))).toBe('ready\nheard 1\n')
})

// What comes within a third of a second belongs to one word.
const tellsWhatItHears = `
let heard = 0
process.on('SIGINT', () => {
  heard += 1
  if (heard === 1) setTimeout(() => process.exit(console.log('heard ' + heard)), 300)
})
setInterval(() => {}, 1000)
console.log('ready')
`

/** Everything a process says until it ends; `whenReady` is done once it has said that it is. */
async function saidBy(child: ChildProcess, whenReady: () => void): Promise<string> {
  let said = ''
  child.stdout?.on('data', (text) => {
    const before = said.includes('ready')
    said += text
    if (!before && said.includes('ready')) whenReady()
  })
  await once(child, 'close')
  return said
}

/** The installed command of a clone. */
function installedCommand(clone: string): string {
  for (const name of ['lupa.mjs', 'node-flags.mjs']) {
    cpSync(path.join(repository, 'src', 'cli', name), path.join(clone, 'src', 'cli', name))
  }
  return path.join(clone, 'src', 'cli', 'lupa.mjs')
}
