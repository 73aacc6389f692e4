import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'

export interface Application {
  /** What it said so far, line by line. */
  lines: string[]
  /** Waits until it says something that fits; answers when it did, as performance.now() does. */
  said(pattern: RegExp): Promise<number>
  stop(): Promise<void>
}

/** How long anything may take that the tests wait for. */
const patienceMilliseconds = 20_000

/** Starts a program of examples/ with the settings of an installation, and waits for its first line. */
export async function startExample(
  t: Test,
  path: string,
  options: { connection: Record<string, string>; stateFolder: string; port?: number },
): Promise<Application> {
  const program = fileURLToPath(new URL(`../../../../examples/${path}`, import.meta.url))
  const { connection, stateFolder, port } = options
  await mkdir(stateFolder, { recursive: true })
  const child = spawn(process.execPath, [program], {
    env: {
      ...{ PATH: process.env.PATH, MUSTER_URL: connection.adminUrl, MUSTER_KEY: connection.operatorKey },
      ...{ MUSTER_ORGANIZATION: connection.organizationId, STATE_FOLDER: stateFolder, PORT: String(port) },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const times: number[] = []
  let complaints = ''
  createInterface({ input: child.stdout }).on('line', (line) => {
    times.push(performance.now())
    lines.push(line)
  })
  child.stderr.on('data', (text) => (complaints += text))
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'close')
  }
  t.teardown(stop)

  async function said(pattern: RegExp): Promise<number> {
    for (const end = performance.now() + patienceMilliseconds; performance.now() < end; ) {
      const at = lines.findIndex((line) => pattern.test(line))
      if (at !== -1) return times[at] ?? 0
      if (child.exitCode !== null) break
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
    throw new Error(`${path} did not say ${pattern}, but ${lines.join(' | ')}; ${complaints}`)
  }

  await said(/./)
  return { lines, said, stop }
}
