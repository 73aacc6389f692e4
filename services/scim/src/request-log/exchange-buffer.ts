import { TtlCache } from '@muster/runtime/ttl-cache'
import { type Exchange, weightOf } from './exchange.ts'

const limits = {
  exchanges: 4_000,
  bytes: 16 * 1_048_576,
  /** Successful reads past this part of either limit are skipped: writes and failures still find room. */
  partForReads: 0.5,
  /** Anybody can ask without a token, so that little of it is kept: by directory, and at once. */
  strangersPerMinute: 60,
  strangersAtOnce: 400,
  directories: 10_000,
} as const

/** What waits to be written. Bounded in every respect; what finds no room is counted, and nobody waits. */
export class ExchangeBuffer {
  readonly #exchanges: Exchange[] = []
  #bytes = 0
  #strangers = 0
  #skipped = 0
  /** By directory, until the next exchange of it is kept. */
  readonly #gaps = new Map<string, number>()
  readonly #strangersOf = new TtlCache<string, { count: number }>({
    milliseconds: 60_000,
    entriesMax: limits.directories,
  })

  /** Keeps an exchange, which then knows how many of its directory were skipped before it; or skips it. */
  add(exchange: Exchange): void {
    const { directoryId } = exchange
    const weight = weightOf(exchange)
    if (!this.#hasRoom(exchange, weight)) {
      this.#skip(directoryId)
      return
    }
    exchange.skippedBefore = this.#gaps.get(directoryId) ?? 0
    this.#gaps.delete(directoryId)
    this.#exchanges.push(exchange)
    this.#bytes += weight
    if (!exchange.authenticated) this.#strangers++
  }

  /** The oldest exchange; undefined when there is none. */
  shift(): Exchange | undefined {
    const exchange = this.#exchanges.shift()
    if (exchange === undefined) return undefined
    this.#bytes -= weightOf(exchange)
    if (!exchange.authenticated) this.#strangers--
    return exchange
  }

  /** How many were skipped since this was last asked. */
  takeSkipped(): number {
    const skipped = this.#skipped
    this.#skipped = 0
    return skipped
  }

  #hasRoom(exchange: Exchange, weight: number): boolean {
    const part = isSuccessfulRead(exchange) ? limits.partForReads : 1
    const fits = this.#exchanges.length < part * limits.exchanges && this.#bytes + weight <= part * limits.bytes
    return fits && (exchange.authenticated || this.#admitsStranger(exchange.directoryId))
  }

  #admitsStranger(directoryId: string): boolean {
    if (this.#strangers >= limits.strangersAtOnce) return false
    const recent = this.#strangersOf.get(directoryId)
    if (recent === undefined) this.#strangersOf.set(directoryId, { count: 1 })
    else if (++recent.count > limits.strangersPerMinute) return false
    return true
  }

  #skip(directoryId: string): void {
    this.#skipped++
    // Keys are anybody's invention: rather forget the counts than grow without end.
    if (this.#gaps.size >= limits.directories) this.#gaps.clear()
    this.#gaps.set(directoryId, (this.#gaps.get(directoryId) ?? 0) + 1)
  }
}

function isSuccessfulRead({ method, status }: Exchange): boolean {
  return status < 400 && (method === 'GET' || method === 'HEAD')
}
