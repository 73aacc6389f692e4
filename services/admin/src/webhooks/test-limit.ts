import { MusterError } from '@muster/runtime/errors'
import { TtlCache } from '@muster/runtime/ttl-cache'

const testsMax = 10
const windowSeconds = 60
const endpointsMax = 10_000

/** Counts the tests of one thing in fixed windows: nobody floods somebody else's server through this. */
export class TestLimit {
  readonly #what: string
  readonly #sent = new TtlCache<string, { count: number }>({
    milliseconds: windowSeconds * 1_000,
    entriesMax: endpointsMax,
  })

  /** `what`: the beginning of the sentence that refuses. */
  constructor(what: string) {
    this.#what = what
  }

  /** @throws `tooManyRequests` from the eleventh within a minute on */
  note(id: string): void {
    const known = this.#sent.get(id)
    if (known === undefined) this.#sent.set(id, { count: 1 })
    else if (++known.count > testsMax) {
      const detail = `${this.#what} at most ${testsMax} times a minute.`
      throw new MusterError('tooManyRequests', detail, { retryAfterSeconds: windowSeconds })
    }
  }
}
