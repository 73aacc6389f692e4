import { MusterError } from '@muster/runtime/errors'
import { TtlCache } from '@muster/runtime/ttl-cache'

const testsMax = 10
const windowSeconds = 60
const endpointsMax = 10_000

function tooManyTests(): MusterError {
  return new MusterError('tooManyRequests', `An endpoint gets at most ${testsMax} test messages a minute.`, {
    retryAfterSeconds: windowSeconds,
  })
}

/** Counts the test messages to an endpoint in fixed windows: nobody floods somebody else's server through this. */
export class TestLimit {
  readonly #sent = new TtlCache<string, { count: number }>({
    milliseconds: windowSeconds * 1_000,
    entriesMax: endpointsMax,
  })

  /** @throws `tooManyRequests` from the eleventh within a minute on */
  note(endpointId: string): void {
    const known = this.#sent.get(endpointId)
    if (known === undefined) this.#sent.set(endpointId, { count: 1 })
    else if (++known.count > testsMax) throw tooManyTests()
  }
}
