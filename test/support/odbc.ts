// The register as the old Access front end meets it: through PostgreSQL's real ODBC driver, by unixODBC's `isql`.
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** What an ODBC program saw: how many rows a statement changed, or the sentence it was refused with. */
export type Written = { changed: number } | { refused: string }

export type Odbc = {
  /** The rows of a query, each cell as the driver gives it as text. */
  rows: (query: string) => Promise<string[][]>
  write: (statement: string) => Promise<Written>
}

/** Says why there is no ODBC here, or nothing. */
export async function missingOdbc(): Promise<string | undefined> {
  const driver = await run('odbcinst', ['-q', '-d', '-n', 'PostgreSQL Unicode'], '').catch(() => null)
  if (driver === null) return 'no unixODBC (isql, odbcinst) on PATH'
  return driver.includes('psqlodbc') ? undefined : 'no ODBC driver for PostgreSQL (odbc-postgresql)'
}

/** Speaks to the database at `url` with the options that the link script names. Every call is a connection of its own. */
export function openOdbc(url: string, login: string, password: string): Odbc {
  const { hostname, port, pathname } = new URL(url)
  const place = `Driver=PostgreSQL Unicode;Server=${hostname};Port=${port || 5432};Database=${pathname.slice(1)};UID=${login};PWD=${password}`
  const options =
    'SSLmode=disable;BoolsAsChar=0;TrueIsMinus1=0;RowVersioning=1;TextAsLongVarchar=1;MaxVarcharSize=255;MaxLongVarcharSize=-4'
  const speak = (args: string[], statement: string) =>
    run('isql', ['-k', `${place};${options}`, '-v', ...args], `${statement}\n`)
  return {
    rows: async (query) => {
      const said = await speak(['-b', '-d|'], query)
      if (said.includes('ERROR')) throw new Error(said)
      return said
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split('|'))
    },
    write: async (statement) => {
      const said = await speak([], statement)
      const refused = /ERROR: ([^\n;]*)/.exec(said)?.[1]
      if (refused !== undefined) return { refused }
      const changed = /SQLRowCount returns (\d+)/.exec(said)?.[1]
      if (changed === undefined) throw new Error(said)
      return { changed: Number(changed) }
    },
  }
}

async function run(program: string, args: string[], input: string): Promise<string> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C.UTF-8' } })
  let said = ''
  child.stderr.resume()
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  await once(child, 'close')
  return said
}
