import { hashToken, isToken, type TokenKind } from '../tokens.ts'
import { TtlCache } from '../ttl-cache.ts'
import { FailureLimit } from './failure-limit.ts'

/** A revoked credential works at most this long. */
const cached = { milliseconds: 5_000, entriesMax: 10_000 } as const
/**
 * A credential that worked within the last hour is not held up by the failures of others behind the same address:
 * clients of many organizations share a cloud's or a proxy's.
 */
const proven = { milliseconds: 3_600_000, entriesMax: 10_000 } as const
const failures = { failuresMax: 100, windowSeconds: 60, addressesMax: 10_000 } as const

/** Whom credentials of one kind speak for, cached, with a limit on failures by address. */
export class CredentialGate<Principal> {
  readonly #kind: TokenKind
  readonly #pepper: string
  readonly #find: (hash: Buffer) => Promise<Principal | undefined>
  readonly #principals = new TtlCache<string, Principal>(cached)
  readonly #proven = new TtlCache<string, true>(proven)
  readonly #failures = new FailureLimit(failures)

  /** `find` looks a hash up; it is called when the answer is not cached, so at most every five seconds a credential. */
  constructor(options: {
    kind: TokenKind
    pepper: string
    find: (hash: Buffer) => Promise<Principal | undefined>
  }) {
    this.#kind = options.kind
    this.#pepper = options.pepper
    this.#find = options.find
  }

  /** Undefined when the credential speaks for nobody. @throws `tooManyRequests` for an address with too many failures */
  async admit(credential: string, address: string): Promise<Principal | undefined> {
    // By the credential itself: for the seconds it is cached, no hash is computed on the hot path.
    const known = this.#principals.get(credential)
    if (known !== undefined) return known
    const hash = hashToken(this.#pepper, credential)
    const key = hash.toString('base64')
    if (this.#proven.get(key) === undefined) this.#failures.check(address)
    const principal = isToken(this.#kind, credential) ? await this.#find(hash) : undefined
    if (principal === undefined) {
      this.#proven.delete(key)
      this.noteFailure(address)
      return undefined
    }
    this.#principals.set(credential, principal)
    this.#proven.set(key, true)
    return principal
  }

  /** For a credential that is good, but not for what it was shown for. */
  noteFailure(address: string): void {
    this.#failures.note(address)
  }
}
