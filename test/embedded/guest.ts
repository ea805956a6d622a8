// A command that needs the database: `guest.ts HOME [IDLE-MS]` starts or joins it, prints what it got as one JSON line, and stays until
// its stdin ends. A process of its own, so that tests can start several at once and kill them.
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts'

const [home = '', idleMs = '30000'] = process.argv.slice(2)
const { url, dataFolder, startedNow } = await startEmbeddedPostgres({ home, idleMs: Number(idleMs), fsync: false })
process.stdout.write(`${JSON.stringify({ url, dataFolder, startedNow })}\n`)
process.stdin.resume()
