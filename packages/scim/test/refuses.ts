import { MusterError } from '@muster/runtime/errors'
import type { Test } from 'tap'

/** Asserts that a call ends with a `MusterError` of the code, and that its detail says what it should. */
export function refuses(t: Test, run: () => unknown, code: string, detail = /./): void {
  try {
    run()
    t.fail(`expected ${code}`)
  } catch (error) {
    if (!(error instanceof MusterError)) throw error
    t.equal(error.code, code, error.detail)
    t.match(error.detail, detail)
  }
}
