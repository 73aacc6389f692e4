import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startFakeHttp } from '@muster/testkit/fake-http'
import type { Test } from 'tap'
import type { ChildReport, ChildTask } from './poisoned-child.ts'

const child = fileURLToPath(import.meta.resolve('./poisoned-child.ts'))

/** What a machine has of another tenant. */
export interface Poison {
  /** Texts by their path in the home folder. */
  files: Readonly<Record<string, string>>
  environment: Readonly<Record<string, string>>
}

interface Reading extends ChildReport {
  /** What the process wrote to its output. */
  written: string
}

/** Reads in a process that has nothing of anybody. */
export function readOnCleanMachine(task: ChildTask): Promise<Reading> {
  return readInChild(task, { HOME: '/nowhere' }, '/')
}

/**
 * Reads in a process whose home folder and environment are somebody else's, down to its proxies. `poisonOf` is told where the home folder is,
 * and the origin of a server that nobody should ask; what was asked of it comes back.
 */
export async function readOnPoisonedMachine(
  t: Test,
  task: ChildTask,
  poisonOf: (home: string, trap: string) => Poison,
): Promise<Reading & { trapped: readonly string[] }> {
  const trap = await startFakeHttp({ answer: () => ({ body: {} }), isPlace: () => false })
  t.teardown(() => trap.close())
  const home = t.testdir({})
  const { files, environment } = poisonOf(home, trap.origin)
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(home, path)), { recursive: true })
    await writeFile(join(home, path), text)
  }
  const names = ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY']
  const proxies = Object.fromEntries(names.map((name) => [name, trap.origin]))
  const reading = await readInChild(task, { HOME: home, NODE_USE_ENV_PROXY: '1', ...proxies, ...environment }, home)
  return { ...reading, trapped: trap.asked }
}

async function readInChild(task: ChildTask, environment: Record<string, string>, folder: string): Promise<Reading> {
  const { PATH, NODE_COMPILE_CACHE } = process.env
  const env = { PATH, NODE_COMPILE_CACHE, ...environment }
  const running = fork(child, [JSON.stringify(task)], { env, cwd: folder, silent: true, execArgv: [] })
  let written = ''
  for (const stream of [running.stdout, running.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      written += text
    })
  }
  const reports: ChildReport[] = []
  running.on('message', (report) => reports.push(report as ChildReport))
  await once(running, 'close')
  const [report] = reports
  if (report === undefined) throw new Error(`the process ended without a report: ${written}`)
  return { ...report, written }
}
