/**
 * Thrown where a transaction finds that it needs a lock that it should have taken first of all: `transact` runs it again
 * with the lock. Locks that are taken in the middle make rings.
 */
export class LockNeeded extends Error {
  readonly lock: string

  constructor(lock: string) {
    super(`The transaction needs a lock from its beginning: ${lock}`)
    this.lock = lock
  }
}
