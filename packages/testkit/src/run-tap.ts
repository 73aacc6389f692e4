import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { FailureList } from './failure-list.ts'
import { parseTotals, type Totals } from './tap-totals.ts'

/** How long test files may take to clean up after an interruption. */
const graceMs = 5_000

interface TapOutcome {
  exitCode: number
  /** Undefined when tap ended before it could count. */
  totals: Totals | undefined
  /** What failed, a line each; a reporter tells of it itself. */
  failures?: readonly string[]
}

interface TapProcess {
  args: string[]
  environment: NodeJS.ProcessEnv
  /** Asks tap to end early. */
  abort: AbortSignal
}

/**
 * Runs tap with the given arguments (files, options) in the terminal of this process and waits for its end. It leads a process group of its own, which is
 * how an interruption ends its test files too.
 */
export async function runTap(tap: TapProcess): Promise<TapOutcome> {
  await buildTap(tap)
  const choosesReporter = tap.args.some((argument) => /^(-R|--reporter\b)/.test(argument))
  return process.stdout.isTTY || choosesReporter ? runWithReporter(tap) : runRaw(tap)
}

/**
 * Has tap build itself for the plugins of `.taprc` when it was built for others, as after an installation. It would do so by
 * itself, but go on with those it began with: every test file of that run would be compiled by its TypeScript plugin, slowly.
 */
async function buildTap({ environment, abort }: TapProcess): Promise<void> {
  const execute = (command: string) =>
    promisify(execFile)(process.execPath, [tapProgram(), command], { env: environment, signal: abort })
  const { stdout } = await execute('node-options')
  if (stdout.includes('@tapjs/typescript')) await execute('build')
}

/** Away from a terminal tap writes its raw protocol: we pass it on and look for the totals in it. */
async function runRaw(tap: TapProcess): Promise<TapOutcome> {
  const child = spawn(process.execPath, [tapProgram(), ...tap.args], {
    stdio: ['inherit', 'pipe', 'inherit'],
    env: tap.environment,
    detached: true,
  })
  let end = ''
  const failures = new FailureList()
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    end = (end + text).slice(-4_096)
    failures.read(text)
  })
  child.stdout.pipe(process.stdout, { end: false })
  const exitCode = await waitForExit(child, tap.abort)
  return { exitCode, totals: parseTotals(end), failures: failures.lines }
}

/** A reporter hides the protocol, so tap records it in a file. (With the raw one it would print everything twice.) */
async function runWithReporter(tap: TapProcess): Promise<TapOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-tap-'))
  const record = join(folder, 'output.tap')
  try {
    const child = spawn(process.execPath, [tapProgram(), `--output-file=${record}`, ...tap.args], {
      stdio: 'inherit',
      env: tap.environment,
      detached: true,
    })
    const exitCode = await waitForExit(child, tap.abort)
    return { exitCode, totals: parseTotals(await readFile(record, 'utf8').catch(() => '')) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function tapProgram(): string {
  const manifest = createRequire(import.meta.url).resolve('tap/package.json')
  return join(dirname(manifest), 'dist', 'esm', 'run.mjs')
}

async function waitForExit(child: ChildProcess, abort: AbortSignal): Promise<number> {
  abort.addEventListener('abort', () => void endGroup(child), { once: true })
  const [code] = (await once(child, 'close')) as [number | null]
  return code ?? 1
}

/** tap waits for its test files, and a file for its timers: those that ignore the request are killed. */
async function endGroup(child: ChildProcess): Promise<void> {
  signalGroup(child, 'SIGTERM')
  await sleep(graceMs, undefined, { ref: false })
  signalGroup(child, 'SIGKILL')
}

function signalGroup({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, signal)
}
