// `npm run faults`: lives every cell of the fault matrix and writes docs/fault-matrix.md. Exits 1 when a cell ends wrong.
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { dropEmbeddedPostgres } from '../../src/embedded/postgres.ts'
import { testDatabase } from '../support/database.ts'
import { readOptions } from '../support/options.ts'
import { inTable, matrixDocument, matrixFile, wholeMatrix } from './matrix.ts'

readOptions({})
const worlds = 3
const home = mkdtempSync(path.join(os.tmpdir(), 'lupa-faults-'))
const run = { serverUrl: null, home, template: `lupa_faults_${randomBytes(5).toString('hex')}` }
const began = performance.now()
try {
  const databases = []
  for (let number = 0; number < worlds; number += 1) databases.push(await testDatabase(run))
  const cells = await wholeMatrix(databases, (cell) =>
    process.stderr.write(`${cell.route} · ${cell.fault}: ${inTable(cell)}\n`),
  )
  mkdirSync(path.dirname(matrixFile), { recursive: true })
  writeFileSync(matrixFile, matrixDocument(cells))
  const wrong = cells.filter(({ life }) => life.wrong.length > 0)
  const seconds = Math.round((performance.now() - began) / 1000)
  process.stderr.write(`${cells.length} cells in ${seconds} s, ${wrong.length} wrong: ${matrixFile}\n`)
  if (wrong.length > 0) process.exitCode = 1
} finally {
  await dropEmbeddedPostgres(home)
  rmSync(home, { recursive: true, force: true, maxRetries: 10 })
}
