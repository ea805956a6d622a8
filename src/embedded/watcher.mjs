// Stops the embedded server when its last guest has been gone for a while. One watches each server; it ends with it.
// Plain JavaScript: it is a process of its own, started detached by the command that starts the server, and outlives it.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, parse } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { withFolderLock } from './folder-lock.mjs'
import { processAlive } from './process-alive.mjs'

/** @type {{ pid: number, port: number, idleMs: number, dataFolder: string, passwordFile: string, lock: string, pgCtl: string, account?: { uid: number, gid: number } }} */
const server = JSON.parse(process.argv[2])
const every = Math.min(1000, Math.max(100, server.idleMs / 4))
const othersQuery = `select count(*)::int as others from pg_stat_activity
  where backend_type = 'client backend' and pid <> pg_backend_pid()`

await watch()
process.exit()

async function watch() {
  let client = await connect()
  let lastSeen = performance.now()
  while (processAlive(server.pid)) {
    client ??= await connect()
    // A server too busy to let us in has guests.
    const others = client ? await countOthers(client) : 1
    if (others === undefined) client = undefined
    if (others !== 0) lastSeen = performance.now()
    if (client && !existsSync(join(server.dataFolder, 'postmaster.pid'))) return stopFolderless()
    if (others === 0 && performance.now() - lastSeen >= server.idleMs && (await stopUnlessJoined(client))) return
    await Promise.race([sleep(every), ...(client ? [client.gone] : [])])
  }
}

// Commands join under the same lock: nobody can come between the last look and the stop.
function stopUnlessJoined(client) {
  return withFolderLock(server.lock, async () => {
    if ((await countOthers(client)) !== 0) return false
    await stop()
    return !processAlive(server.pid)
  }).catch(() => false)
}

function stop() {
  const { uid, gid } = server.account ?? {}
  const args = ['stop', '-D', server.dataFolder, '-m', 'fast', '-w', '-s']
  return new Promise((resolve) => {
    const cwd = parse(server.dataFolder).root
    const child = spawn(server.pgCtl, args, { cwd, env: { LC_ALL: 'C' }, stdio: 'ignore', windowsHide: true, uid, gid })
    child.once('error', resolve)
    child.once('exit', resolve)
  })
}

// Someone deleted the data of a running server: nothing to save, and pg_ctl cannot find it any more.
function stopFolderless() {
  process.kill(server.pid, process.platform === 'win32' ? 'SIGKILL' : 'SIGQUIT')
}

// `undefined` when the connection has broken.
async function countOthers(client) {
  try {
    return (await client.query(othersQuery)).rows[0].others
  } catch {
    void client.end().catch(() => {})
    return undefined
  }
}

async function connect() {
  const client = new pg.Client({
    host: '127.0.0.1',
    port: server.port,
    user: 'lupa',
    password: readPassword(),
    database: 'postgres',
    ssl: false,
    application_name: 'lupa watcher',
    connectionTimeoutMillis: 5000,
  })
  client.on('error', () => {})
  // When the server goes, we go at once and not at the next look.
  client.gone = new Promise((resolve) => client.once('end', resolve))
  try {
    await client.connect()
    const { rows } = await client.query('select pg_try_advisory_lock(hashtext($1)) as alone', ['lupa watcher'])
    // Another one watches this server.
    if (!rows[0].alone) process.exit()
    return client
  } catch {
    void client.end().catch(() => {})
    return undefined
  }
}

function readPassword() {
  try {
    return readFileSync(server.passwordFile, 'utf8').trim()
  } catch {
    // The home is gone. The running server, if any, notices by itself that its folder is.
    if (!existsSync(dirname(server.passwordFile))) process.exit()
    return ''
  }
}
