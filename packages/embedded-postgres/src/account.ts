import { readFile, stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { MusterError } from '@muster/runtime/errors'

/** An unprivileged entry of the user database that Postgres is to run as. */
export interface Account {
  name: string
  uid: number
  gid: number
}

interface Owner {
  uid: number
  gid: number
}

/**
 * Decides who runs Postgres on this cluster folder (which need not exist yet). Postgres refuses to run as root, and
 * initdb wants its user to have a passwd entry.
 *
 * Answers undefined for an ordinary user: Postgres then runs as that same user.
 * Errors: `unavailable` when this user cannot run the cluster, or root finds nobody to hand it to.
 */
export async function chooseAccount(cluster: string): Promise<Account | undefined> {
  const owner = await stat(cluster).catch(() => undefined)
  const uid = process.getuid?.()
  if (uid === undefined) throw new MusterError('unavailable', 'The embedded Postgres does not run on this platform.')
  if (uid === 0) return pickAccount(await readFile('/etc/passwd', 'utf8'), owner)
  if (owner === undefined) assertKnownUser(uid)
  else if (owner.uid !== uid) {
    throw new MusterError(
      'unavailable',
      `${cluster} belongs to user ${owner.uid}, not to user ${uid}. Start as its owner or as root, or give the folder to user ${uid}.`,
    )
  }
  return undefined
}

/**
 * Who of the passwd file runs the cluster when root starts it: the owner of an existing cluster, else `postgres`,
 * else `nobody`, else the first ordinary entry.
 */
export function pickAccount(passwd: string, owner: Owner | undefined): Account {
  const entries = passwd.split('\n').flatMap(parseEntry)
  if (owner !== undefined && owner.uid !== 0) {
    // A running cluster needs no passwd entry, only initdb does.
    return (
      entries.find((entry) => entry.uid === owner.uid) ?? { name: `user ${owner.uid}`, uid: owner.uid, gid: owner.gid }
    )
  }
  const account =
    entries.find((entry) => entry.name === 'postgres') ?? entries.find((entry) => entry.name === 'nobody') ?? entries[0]
  if (account) return account
  throw new MusterError(
    'unavailable',
    'Postgres refuses to run as root and /etc/passwd holds no other user. Add one, or start as an ordinary user.',
  )
}

function parseEntry(line: string): Account[] {
  const [name, , uid, gid] = line.split(':')
  const entry = { name: name ?? '', uid: Number(uid), gid: Number(gid) }
  // macOS lists `nobody` with a negative id, which not every system call accepts.
  return entry.uid > 0 && entry.gid > 0 ? [entry] : []
}

function assertKnownUser(uid: number): void {
  try {
    userInfo()
  } catch (cause) {
    throw new MusterError(
      'unavailable',
      `User ${uid} has no entry in the user database, which initdb needs to create a cluster. Start once as a user that has one, or use a Postgres of your own.`,
      { cause },
    )
  }
}
