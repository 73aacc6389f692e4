import { MusterError } from '@muster/runtime/errors'

const retryAfterSeconds = 30

/** Limits how many answers of a kind go on at the same time: in the process, and of one organization. */
export class StreamSlots {
  readonly #limits: { process: number; organization: number }
  readonly #taken = new Map<string, number>()
  #total = 0

  constructor(limits: { process: number; organization: number }) {
    this.#limits = limits
  }

  /**
   * Answers with what gives the slot back.
   * @throws `tooManyRequests` when the organization has all it may have; `unavailable` when the process has
   */
  take(organizationId: string): () => void {
    const own = this.#taken.get(organizationId) ?? 0
    if (own >= this.#limits.organization) {
      throw new MusterError(
        'tooManyRequests',
        `An organization may have ${this.#limits.organization} of these at the same time.`,
        { retryAfterSeconds },
      )
    }
    if (this.#total >= this.#limits.process) {
      throw new MusterError('unavailable', 'Too many of these are under way; try again later.', { retryAfterSeconds })
    }
    this.#set(organizationId, own + 1)
    let isTaken = true
    return () => {
      if (!isTaken) return
      isTaken = false
      this.#set(organizationId, (this.#taken.get(organizationId) ?? 1) - 1)
    }
  }

  #set(organizationId: string, count: number): void {
    this.#total += count - (this.#taken.get(organizationId) ?? 0)
    if (count === 0) this.#taken.delete(organizationId)
    else this.#taken.set(organizationId, count)
  }
}
