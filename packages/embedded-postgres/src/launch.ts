import { execFile } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { MusterError } from '@muster/runtime/errors'
import type { Account } from './account.ts'
import { processEnvironment } from './process-environment.ts'

interface Command {
  file: string
  args: string[]
  options: { cwd: string; env: typeof processEnvironment; uid?: number; gid?: number }
}

/** How a Postgres binary is started: as ourselves, as another user, or as another user who keeps a capability. */
export type Launch = (binary: string, args: string[]) => Command

/**
 * Capabilities that let another user pass through root's private folders (`mktemp -d` makes 0700), least first.
 * Containers often grant only the second.
 */
const traversalCapabilities = ['dac_read_search', 'dac_override'] as const

interface Reach {
  /** Undefined: run as ourselves. */
  account: Account | undefined
  /** Folder the process must be able to enter. */
  folder: string
  postgres: string
}

/**
 * Finds a way of starting Postgres that can really enter the data folder and execute the binary, by trying.
 * Errors: `unavailable`, naming the folder in the way.
 */
export async function findLaunch({ account, folder, postgres }: Reach): Promise<Launch> {
  if (account === undefined) return launchAs()
  const candidates = [launchAs(account), ...traversalCapabilities.map((name) => launchWith(account, name))]
  for (const launch of candidates) {
    if (await reaches(launch, folder, postgres)) return launch
  }
  const obstacle = (await findObstacle(account, folder)) ?? (await findObstacle(account, dirname(postgres)))
  throw new MusterError(
    'unavailable',
    obstacle === undefined
      ? `Postgres refuses to run as root, and ${postgres} cannot be started as ${account.name}. Start as an ordinary user, or use a Postgres of your own.`
      : `Postgres refuses to run as root, and ${account.name} cannot pass through ${obstacle}. Either allow it (chmod o+x ${obstacle}) or start as an ordinary user who owns the folders. (With setpriv of util-linux and CAP_DAC_OVERRIDE it would run as it is.)`,
  )
}

// The working folder is always one that everybody may enter: Postgres looks itself up from there.
const anywhere = { cwd: '/', env: processEnvironment }

function launchAs(account?: Account): Launch {
  const identity = account === undefined ? {} : { uid: account.uid, gid: account.gid }
  return (file, args) => ({ file, args, options: { ...anywhere, ...identity } })
}

function launchWith({ uid, gid }: Account, capability: string): Launch {
  const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups']
  // access(2), by which Postgres finds its own files, sets capabilities aside unless no_setuid_fixup is on.
  const kept = ['--securebits=+no_setuid_fixup', `--inh-caps=+${capability}`, `--ambient-caps=+${capability}`]
  return (binary, args) => ({
    file: 'setpriv',
    args: [...identity, ...kept, '--', binary, ...args],
    options: anywhere,
  })
}

/** Asks the server for a setting: that is the least it does which loads its libraries and looks itself up on disk. */
const harmlessQuestion = ['-D', '/', '-c', 'config_file=/dev/null', '-C', 'port']

async function reaches(launch: Launch, folder: string, postgres: string): Promise<boolean> {
  const probe = launch('/bin/sh', ['-c', 'cd -- "$0" && exec "$@"', folder, postgres, ...harmlessQuestion])
  return promisify(execFile)(probe.file, probe.args, probe.options).then(
    () => true,
    () => false,
  )
}

/** The topmost folder on the way to `path` that the account's mode bits do not let it enter. */
async function findObstacle(account: Account, path: string): Promise<string | undefined> {
  const parent = dirname(path)
  const above = parent === path ? undefined : await findObstacle(account, parent)
  if (above !== undefined) return above
  const { mode, uid, gid } = await stat(path)
  const enterBit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
  return (mode & enterBit) === 0 ? path : undefined
}
