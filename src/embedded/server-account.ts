// Which user the server runs as. PostgreSQL refuses to run as root, so root lends it another user, who must be able to
// reach programs and data. On Windows, and for everybody but root, there is nothing to decide.
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { Unavailable } from '../domain/errors.ts'

export interface ServerAccount {
  name: string
  uid: number
  gid: number
}

/** The user a new database runs as when we are root: `postgres` where there is one, else `nobody`. Throws Unavailable without either. */
export function serverAccount(): ServerAccount {
  const accounts = readAccounts()
  const found = ['postgres', '_postgres', 'nobody']
    .map((name) => accounts.find((each) => each.name === name))
    .find(Boolean)
  if (found) return found
  throw new Unavailable(
    'PostgreSQL does not run as root, and there is no user "postgres" or "nobody" for it: run Lupa as an ordinary user, or set DATABASE_URL.',
  )
}

/** The user with this number. Throws Unavailable when the system does not know it. */
export function accountOf(uid: number): ServerAccount {
  const found = readAccounts().find((account) => account.uid === uid)
  if (found) return found
  throw new Unavailable(
    `The database belongs to user number ${uid}, whom this system does not know: chown it to one it knows.`,
  )
}

/** True for root on systems that have one. */
export function runsAsRoot(): boolean {
  return process.getuid?.() === 0
}

/** Whether this user may pass through the folder and every folder above it. */
export function canEnter(folder: string, account: ServerAccount): boolean {
  const above = path.dirname(folder)
  return mayUse(folder, account, 0o1) && (above === folder || canEnter(above, account))
}

/** Whether this user may read the file itself; the way to it is `canEnter`'s. */
export function canRead(file: string, account: ServerAccount): boolean {
  return mayUse(file, account, 0o4)
}

/** Hands a file or folder to the server's user; does nothing where the server runs as ourselves. */
export function giveTo(account: ServerAccount | undefined, file: string): void {
  if (account) chownSync(file, account.uid, account.gid)
}

/**
 * A folder of ours that survives reboots and that this user can reach: `/var/lib/lupa`, else `/var/tmp/lupa`.
 * @throws Unavailable when neither can be used
 */
export function systemFolder(account: ServerAccount): string {
  const folder = usableFolder('/var/lib', account) ?? usableFolder('/var/tmp', account)
  if (folder) return folder
  throw new Unavailable(
    `The user ${account.name}, that PostgreSQL runs as, can reach neither LUPA_HOME nor /var/lib nor /var/tmp: choose another LUPA_HOME.`,
  )
}

function usableFolder(above: string, account: ServerAccount): string | undefined {
  const folder = path.join(above, 'lupa')
  try {
    if (!existsSync(folder)) {
      mkdirSync(folder)
      chmodSync(folder, 0o755)
    }
    const { uid, mode } = statSync(folder)
    // In /var/tmp anybody may have made it before us: only a folder that nobody but root can change is ours.
    return uid === 0 && (mode & 0o022) === 0 && canEnter(folder, account) ? folder : undefined
  } catch {
    return undefined
  }
}

function mayUse(file: string, account: ServerAccount, bit: number): boolean {
  const { uid, gid, mode } = statSync(file)
  if (uid === account.uid) return (mode & (bit << 6)) !== 0
  return (mode & (gid === account.gid ? bit << 3 : bit)) !== 0
}

function readAccounts(): ServerAccount[] {
  const lines = existsSync('/etc/passwd') ? readFileSync('/etc/passwd', 'utf8').split('\n') : []
  return lines.flatMap((line) => {
    const [name, , uid, gid] = line.split(':')
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : []
  })
}
