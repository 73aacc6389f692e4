import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Target } from '@muster/conformance'
import { MusterError } from '@muster/runtime/errors'
import { projectRoot } from './config.ts'
import type { Connection } from './connection.ts'
import type { Shutdown } from './shutdown.ts'

/** The settings that would lead to the installation that is in use here. */
const settingNames = /^(MUSTER_|DATABASE_URL|MIGRATION_DATABASE_URL|SCIM_|ADMIN_|POLLER_|NODE_ENV)/

/**
 * Starts `muster up` on an empty data folder and free ports, with a directory of each profile. Everything is gone when
 * `shutdown` has stopped it. Throws `unavailable` when it does not start, with what it said.
 */
export async function startThrowAway(
  environment: NodeJS.ProcessEnv,
  shutdown: Shutdown,
): Promise<Record<'strict' | 'compatible', Target>> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-conformance-'))
  const removeFolder = () => rm(folder, { recursive: true, force: true, maxRetries: 3 })
  shutdown.add({ stop: removeFolder, kill: () => {} })
  const dataDir = join(folder, 'data')
  await startMuster(dataDir, environment, shutdown)
  const connection: Connection = JSON.parse(await readFile(join(dataDir, 'connection.json'), 'utf8'))
  const { scimBaseUrl, scimToken } = connection
  return { compatible: { baseUrl: scimBaseUrl, token: scimToken }, strict: await addStrictDirectory(connection) }
}

async function startMuster(dataDir: string, environment: NodeJS.ProcessEnv, shutdown: Shutdown): Promise<void> {
  const [scimPort, adminPort, pollerPort] = await findFreePorts(3)
  const inherited = Object.entries(environment).filter(([name]) => !settingNames.test(name))
  const child = spawn(process.execPath, [resolve(projectRoot, 'packages/cli/src/main.ts'), 'up'], {
    env: {
      ...Object.fromEntries(inherited),
      MUSTER_DATA_DIR: dataDir,
      SCIM_PORT: `${scimPort}`,
      ADMIN_PORT: `${adminPort}`,
      POLLER_PORT: `${pollerPort}`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own: Ctrl-C is for us, it ends when the checks have cleaned up.
    detached: true,
  })
  const ended = once(child, 'close')
  shutdown.add({
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
    kill: () => void child.kill('SIGKILL'),
  })
  let said = ''
  child.stderr.on('data', (text) => {
    said += text
  })
  const banner = once(child.stdout, 'data', { signal: shutdown.requested })
  const isRunning = await Promise.race([banner.then(() => true), ended.then(() => false)])
  if (!isRunning) throw new MusterError('unavailable', `Muster did not start: ${said.trim()}`)
}

/** A service that has just begun may have too much to do, and says so (503) without having done anything. */
const busy = { attemptsMax: 10, pauseMilliseconds: 1_000 } as const

async function addStrictDirectory(connection: Connection): Promise<Target> {
  let response = await postStrictDirectory(connection)
  for (let attempt = 1; response.status === 503 && attempt < busy.attemptsMax; attempt++) {
    await pause(busy.pauseMilliseconds)
    response = await postStrictDirectory(connection)
  }
  if (!response.ok) throw new MusterError('unavailable', `The management API answered ${response.status}.`)
  const { scimBaseUrl, token } = (await response.json()) as { scimBaseUrl: string; token: string }
  return { baseUrl: scimBaseUrl, token }
}

function postStrictDirectory({ adminUrl, operatorKey, organizationId }: Connection): Promise<Response> {
  return fetch(`${adminUrl}/api/directory?organizationId=${organizationId}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${operatorKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Strict', type: 'SCIM', scimProfile: 'strict' }),
  })
}

async function findFreePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => Number(Object(server.address()).port))
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}
