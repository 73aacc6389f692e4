import { MusterError } from '../errors.ts'
import { TtlCache } from '../ttl-cache.ts'

interface Failures {
  count: number
}

/**
 * Counts failed authentications by address in fixed windows. It protects the database from a flood of well-formed but
 * wrong credentials; guessing one is hopeless anyway (178 random bits).
 */
export class FailureLimit {
  readonly #failures: TtlCache<string, Failures>
  readonly #failuresMax: number
  readonly #windowSeconds: number

  constructor(options: { failuresMax: number; windowSeconds: number; addressesMax: number }) {
    this.#failuresMax = options.failuresMax
    this.#windowSeconds = options.windowSeconds
    this.#failures = new TtlCache({ milliseconds: options.windowSeconds * 1_000, entriesMax: options.addressesMax })
  }

  /** Throws `tooManyRequests` when the address has used up its failures. */
  check(address: string): void {
    const count = this.#failures.get(address)?.count ?? 0
    if (count < this.#failuresMax) return
    throw new MusterError('tooManyRequests', 'Too many failed authentications from this address; try again later.', {
      retryAfterSeconds: this.#windowSeconds,
    })
  }

  note(address: string): void {
    const known = this.#failures.get(address)
    if (known === undefined) this.#failures.set(address, { count: 1 })
    else known.count++
  }
}
