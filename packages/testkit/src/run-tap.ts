import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

export interface TapOutcome {
  exitCode: number
  /** Undefined when tap ended before it could count. */
  totals: Totals | undefined
}

interface Totals {
  passed: number
  failed: number
}

/**
 * Runs tap with the given arguments (files, options) in the terminal of this process and waits for its end. tap builds
 * itself first when `.taprc` names other plugins than it was built with.
 * `abort` asks it to end early.
 */
export async function runTap(args: string[], environment: NodeJS.ProcessEnv, abort: AbortSignal): Promise<TapOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'muster-tap-'))
  const record = join(folder, 'output.tap')
  try {
    const manifest = createRequire(import.meta.url).resolve('tap/package.json')
    const tap = join(dirname(manifest), 'dist', 'esm', 'run.mjs')
    const child = spawn(process.execPath, [tap, `--output-file=${record}`, ...args], {
      stdio: 'inherit',
      env: environment,
    })
    const stop = () => child.kill('SIGTERM')
    abort.addEventListener('abort', stop)
    const [code] = (await once(child, 'exit')) as [number | null]
    abort.removeEventListener('abort', stop)
    return { exitCode: code ?? 1, totals: parseTotals(await readFile(record, 'utf8').catch(() => '')) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * tap's own count of assertions over all files: the comment that its root test writes last, such as
 * `# { total: 3, pass: 2, fail: 1 }`, unindented (Node breaks a long one into several lines).
 */
export function parseTotals(output: string): Totals | undefined {
  const comments = output.matchAll(/^# \{[^}]*\btotal: \d+[^}]*\}/gm)
  const last = [...comments].at(-1)?.[0]
  if (last === undefined) return undefined
  return { passed: count(last, 'pass'), failed: count(last, 'fail') }
}

function count(totals: string, name: string): number {
  return Number(new RegExp(`\\b${name}: (\\d+)`).exec(totals)?.[1] ?? 0)
}
