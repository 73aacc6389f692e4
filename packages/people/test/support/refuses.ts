import { MusterError } from '@muster/runtime/errors'
import type { Test } from 'tap'

/** Asserts that something throws `invalidValue`, and what its detail says. */
export function refuses(t: Test, act: () => unknown, detail: string | RegExp): void {
  try {
    act()
    t.fail(`not refused: ${detail}`)
  } catch (error) {
    if (!(error instanceof MusterError)) throw error
    t.equal(error.code, 'invalidValue')
    if (typeof detail === 'string') t.equal(error.detail, detail)
    else t.match(error.detail, detail)
  }
}
