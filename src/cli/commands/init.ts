// lupa init: writes lupa.yaml, by questions or from a file.
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline/promises'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { parseDocument } from 'yaml'
import { companyFileOf, readCompany } from '../../config.ts'
import { BadInput, NotAllowed } from '../../domain/errors.ts'
import { plainCommand } from '../command.ts'

const example = fileURLToPath(new URL('../../../prisma/sample/lupa.yaml', import.meta.url))

/** The `init` command. */
export function initCommand(): Command {
  return plainCommand<{ from?: string; force?: boolean; example?: boolean }>(
    'init',
    'write lupa.yaml: who you are, lifetimes, the tool’s agreement',
    async (_config, terminal, { from, force, example: show }) => {
      if (show) return terminal.result({ example: readFileSync(example, 'utf8') }, readFileSync(example, 'utf8'))
      const companyFile = companyFileOf()
      if (existsSync(companyFile) && !force)
        throw new NotAllowed(`${companyFile} is there already; --force replaces it.`)
      if (from) {
        readCompany(from)
        mkdirSync(path.dirname(companyFile), { recursive: true })
        copyFileSync(from, companyFile)
      } else if (terminal.interactive) {
        await askCompany(companyFile)
      } else {
        throw new BadInput('There is nobody here to ask: give --from FILE (`lupa init --example` shows one).')
      }
      terminal.result({ file: companyFile }, `${companyFile} is written.`)
    },
  )
    .option('--from <file>', 'take it from this file, after checking it')
    .option('--force', 'replace an existing one')
    .option('--example', 'show an example')
}

const questions: [string[], string][] = [
  [['controller', 'name'], 'Name of the company'],
  [['controller', 'businessId'], 'Business id (Y-tunnus)'],
  [['controller', 'street'], 'Street address'],
  [['controller', 'postalCode'], 'Postal code'],
  [['controller', 'city'], 'City'],
  [['responsible', 'name'], 'Who is responsible for the register'],
  [['responsible', 'email'], 'Their email address'],
  [['register', 'name'], 'Name of the register'],
  [['notice', 'url'], 'Address of the privacy notice'],
  [['notice', 'version'], 'Its version or date'],
]

/** Asks what the example leaves open and writes the file; the rest of the example stays, with its comments. */
export async function askCompany(file: string): Promise<void> {
  const document = parseDocument(readFileSync(example, 'utf8'))
  const prompt = createInterface({ input: process.stdin, output: process.stderr })
  try {
    for (const [place, question] of questions) {
      document.setIn(
        place,
        (await prompt.question(`${question} [${document.getIn(place)}]: `)).trim() || document.getIn(place),
      )
    }
    document.setIn(['alarms'], [document.getIn(['responsible', 'email'])])
  } finally {
    prompt.close()
  }
  mkdirSync(path.dirname(file), { recursive: true })
  const draft = `${file}.draft`
  writeFileSync(draft, document.toString())
  readCompany(draft)
  copyFileSync(draft, file)
}
