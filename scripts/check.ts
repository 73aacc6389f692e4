/** `npm run check`: every static check at once, in parallel; prints the output of those that fail. */
import { execFile } from 'node:child_process'

const checks: Record<string, readonly string[]> = {
  types: ['tsc', '--noEmit', '-p', '.'],
  'format and lint': ['biome', 'check', '.'],
  imports: ['node', 'scripts/check-imports.ts'],
  'dead code': ['knip', '--no-progress'],
  'conformance document': ['node', 'scripts/conformance-document.ts', '--check'],
  'flags document': ['node', 'scripts/flags-document.ts', '--check'],
  'events document': ['node', 'scripts/events-document.ts', '--check'],
  'event types of the SDK': ['node', 'scripts/sdk-event-types.ts', '--check'],
}

function run(command: readonly string[]): Promise<{ ok: boolean; output: string }> {
  const [program = '', ...args] = command
  return new Promise((resolve) => {
    execFile(program, args, { maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) =>
      resolve({ ok: error === null, output: stdout + stderr }),
    )
  })
}

const outcomes = await Promise.all(
  Object.entries(checks).map(async ([name, command]) => {
    const started = performance.now()
    const { ok, output } = await run(command)
    const seconds = ((performance.now() - started) / 1_000).toFixed(1)
    process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n${ok ? '' : `${output}\n`}`)
    return ok
  }),
)
process.exitCode = outcomes.every(Boolean) ? 0 : 1
