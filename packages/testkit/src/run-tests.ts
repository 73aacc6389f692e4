import { constants } from 'node:os'
import { runTap } from './run-tap.ts'
import { startTestServer } from './start-test-server.ts'
import { inheritedEnvironment, readPostgresBinDir, toEnvironment } from './test-environment.ts'

const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * What `npm test [-- files and options of tap]` runs: tap over a throw-away Postgres that is gone afterwards, whatever
 * happens. Ends the output with tap's own totals; answers the exit code.
 */
async function runTests(args: string[]): Promise<number> {
  const interruption = new AbortController()
  for (const signal of endingSignals) process.on(signal, () => interruption.abort(signal))
  // The reader of our output may leave (`npm test | head`): that ends the run like a signal.
  process.stdout.on('error', () => interruption.abort('SIGPIPE'))
  const server = await startTestServer(readPostgresBinDir())
  try {
    if (!interruption.signal.aborted) {
      process.stdout.write(`Testing on Postgres ${server.version}\n`)
      const environment = { ...inheritedEnvironment(), ...toEnvironment(server) }
      const { exitCode, totals, failures = [] } = await runTap({ args, environment, abort: interruption.signal })
      if (failures.length > 0) process.stdout.write(`\nFailed:\n${failures.join('\n')}\n`)
      if (totals) process.stdout.write(`\n${totals.passed} passed, ${totals.failed} failed\n`)
      else process.stderr.write('\ntap ended without totals\n')
      if (!interruption.signal.aborted) return totals ? exitCode : exitCode || 1
    }
    return 128 + constants.signals[interruption.signal.reason as NodeJS.Signals]
  } finally {
    await server.stop()
  }
}

process.exitCode = await runTests(process.argv.slice(2))
