import { type ClaimedDelivery, type DeliveryRound, deliveryRound, type FinishedAttempt } from '@muster/repository'
import type { TaskContext } from '../tasks/task-context.ts'
import { attemptDelivery } from './attempt.ts'

export interface EndpointReference {
  organizationId: string
  endpointId: string
}

/** Posts to one endpoint at a time. */
const postsAtOnce = 8
/** Claimed by one round: many when the endpoint is quick. */
const claimSizes = { slow: 8, quick: 32, quickMilliseconds: 500 } as const
/** Others have their turn then. */
const sessionMilliseconds = 30_000
/** What was claimed longer ago is not begun any more: its attempt might outlast the claim (45 s). */
const beginMilliseconds = 25_000
/** How long a process that stops waits for its posts. */
const stopMilliseconds = 5_000

/**
 * Delivers to one endpoint until nothing is due, for half a minute at most: rounds write down what ended and claim more,
 * while posts are under way.
 */
export class DeliverySession {
  readonly #context: TaskContext
  readonly #endpoint: EndpointReference
  #waiting: { delivery: ClaimedDelivery; claimedAt: number }[] = []
  readonly #underWay = new Set<Promise<void>>()
  #finished: FinishedAttempt[] = []
  #target: Pick<DeliveryRound, 'url' | 'secrets'> = { url: '', secrets: [] }
  #isFailing = false
  #claimSize: number = claimSizes.slow
  #deadline = performance.now() + sessionMilliseconds
  #hasClaimed = false
  #hasNews = false
  #hasEnded = false
  #failure: { error: unknown } | undefined
  #wake = Promise.withResolvers<void>()

  constructor(context: TaskContext, endpoint: EndpointReference) {
    this.#context = context
    this.#endpoint = endpoint
  }

  /** There may be more to deliver since it last looked. False when it looks no more. */
  poke(): boolean {
    this.#hasNews = true
    this.#wake.resolve()
    return !this.#hasEnded
  }

  /** Claims nothing more, and ends when nothing is under way, or does not wait for it any longer. */
  stop(): void {
    this.#deadline = 0
    this.#wake.resolve()
    setTimeout(() => {
      this.#underWay.clear()
      this.#wake.resolve()
    }, stopMilliseconds).unref()
  }

  /** @throws when the database fails; what was delivered meanwhile may then be delivered again */
  async run(): Promise<void> {
    try {
      while (await this.#turn()) await this.#wake.promise
    } finally {
      this.#hasEnded = true
      await Promise.all(this.#underWay)
    }
  }

  /** Answers with whether there is more to do when something has happened; decides that at once with its answer. */
  async #turn(): Promise<boolean> {
    this.#wake = Promise.withResolvers()
    this.#hasNews = false
    const isEnding = performance.now() > this.#deadline
    const released = isEnding || this.#isFailing ? this.#waiting.splice(0) : this.#takeOverdue()
    const isIdle = this.#underWay.size === 0 && this.#waiting.length === 0
    const finished = this.#finished.splice(0)
    if (finished.length > 0) this.#claimSize = claimSizeAfter(finished)
    const round = await deliveryRound(
      this.#context.database,
      this.#endpoint,
      {
        finished,
        released: released.map(({ delivery }) => delivery),
        capacity: isEnding ? 0 : this.#capacity(),
        isFirst: !this.#hasClaimed,
        isIdle,
      },
      { policy: this.#context.webhooks.policy, rootKeys: this.#context.rootKeys },
    )
    if (round === undefined) this.#waiting = []
    else this.#take(round)
    this.#post()
    if (this.#failure !== undefined) throw this.#failure.error
    if (this.#underWay.size > 0) return true
    if (this.#finished.length === 0 && (isEnding || round === undefined || !this.#hasNews) && isIdle) {
      this.#hasEnded = true
      return false
    }
    this.#wake.resolve()
    return true
  }

  #take({ claimed, url, secrets, isFailing }: DeliveryRound): void {
    this.#isFailing = isFailing
    if (claimed.length === 0) return
    this.#hasClaimed = true
    this.#target = { url, secrets }
    const claimedAt = performance.now()
    this.#waiting.push(...claimed.map((delivery) => ({ delivery, claimedAt })))
  }

  /** A failing endpoint is tried when everything else is done. */
  #capacity(): number {
    if (this.#isFailing) return this.#underWay.size === 0 ? 1 : 0
    return Math.max(0, this.#claimSize - this.#waiting.length - this.#underWay.size)
  }

  #takeOverdue() {
    const isOverdue = ({ claimedAt }: { claimedAt: number }) => performance.now() - claimedAt > beginMilliseconds
    const overdue = this.#waiting.filter(isOverdue)
    this.#waiting = this.#waiting.filter((one) => !isOverdue(one))
    return overdue
  }

  #post(): void {
    while (this.#underWay.size < postsAtOnce) {
      const next = this.#waiting[0]
      if (next === undefined || performance.now() - next.claimedAt > beginMilliseconds) return
      this.#waiting.shift()
      const posted: Promise<void> = attemptDelivery(this.#context.outbound, next.delivery, this.#target)
        .then(
          (attempt) => void this.#finished.push(attempt),
          (error: unknown) => {
            this.#failure = { error }
          },
        )
        .finally(() => {
          this.#underWay.delete(posted)
          this.#post()
          this.#wake.resolve()
        })
      this.#underWay.add(posted)
    }
  }
}

function claimSizeAfter(finished: readonly FinishedAttempt[]): number {
  const isQuick = finished.every((attempt) => attempt.durationMilliseconds < claimSizes.quickMilliseconds)
  return isQuick ? claimSizes.quick : claimSizes.slow
}
