import { setTimeout as delay, setImmediate } from 'node:timers/promises'
import { type Database, type ScimRequestDraft, ScimRequestStore } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import type { Logger } from '@muster/runtime/logger'
import { describeExchange } from './describe-exchange.ts'
import type { Exchange } from './exchange.ts'
import { ExchangeBuffer } from './exchange-buffer.ts'

/**
 * The budget of the log, however busy the service and the machine are: masking takes 1.5 % of the CPU that the process
 * uses, never 5 ms at a stretch, and after storing the writer rests 25 times as long. The buffer evens out bursts; past
 * that exchanges are skipped.
 */
const pace = { maskingShare: 0.015, sliceMilliseconds: 5, restFactor: 25, restMin: 250, restMax: 5_000 } as const
const closingMilliseconds = 3_000
/** Between two lines about the same trouble. */
const tellingMilliseconds = 10_000

interface RequestLogOptions {
  database: Database
  logger: Logger
  /** Rows kept of each directory, about. */
  rowsMax: number
}

/** Writes what the buffer holds to the database, behind the back of the requests. Never fails a request, or the process. */
export class RequestLog {
  readonly buffer = new ExchangeBuffer()
  readonly #store: ScimRequestStore
  readonly #logger: Logger
  /** What could not be written yet. */
  #unsent: ScimRequestDraft[] = []
  #timer: NodeJS.Timeout | undefined
  #turn: Promise<void> = Promise.resolve()
  readonly #closing = new AbortController()
  /** At the beginning of the last turn. */
  #cpuUsage = process.cpuUsage()
  #toldFailureAt = Number.NEGATIVE_INFINITY
  #toldSkippedAt = Number.NEGATIVE_INFINITY

  constructor({ database, logger, rowsMax }: RequestLogOptions) {
    this.#store = new ScimRequestStore(database, { rowsMax })
    this.#logger = logger
  }

  /** Begins to write. */
  start(): void {
    this.#restFor(pace.restMin)
  }

  #restFor(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      this.#turn = this.#takeTurn()
    }, milliseconds)
    this.#timer.unref()
  }

  async #takeTurn(): Promise<void> {
    this.#tellSkipped(tellingMilliseconds)
    const used = process.cpuUsage(this.#cpuUsage)
    this.#cpuUsage = process.cpuUsage()
    const allowance = (pace.maskingShare * (used.user + used.system)) / 1_000
    if (this.#unsent.length === 0) await this.#mask(Math.max(pace.sliceMilliseconds, allowance))
    const began = performance.now()
    await this.#send()
    const rest = pace.restFactor * (performance.now() - began)
    if (!this.#closing.signal.aborted) this.#restFor(Math.min(Math.max(rest, pace.restMin), pace.restMax))
  }

  /** Writes what is left, for three seconds at most: what cannot be written by then is lost. */
  async close(): Promise<void> {
    this.#closing.abort()
    clearTimeout(this.#timer)
    const enough = new AbortController()
    const late = delay(closingMilliseconds, undefined, { signal: enough.signal }).catch(() => undefined)
    await Promise.race([late, this.#turn.then(() => this.#writeRest(enough.signal))])
    enough.abort()
    this.#tellSkipped(0)
  }

  async #writeRest(enough: AbortSignal): Promise<void> {
    for (;;) {
      if (this.#unsent.length === 0) await this.#mask(pace.sliceMilliseconds)
      if (this.#unsent.length === 0 || enough.aborted || !(await this.#send())) return
    }
  }

  /** Masks for so long at most, and lets requests in between. */
  async #mask(milliseconds: number): Promise<void> {
    for (let spent = 0; spent < milliseconds; spent += pace.sliceMilliseconds) {
      const end = performance.now() + pace.sliceMilliseconds
      while (performance.now() < end) {
        const exchange = this.buffer.shift()
        if (exchange === undefined) return
        this.#describe(exchange)
      }
      await setImmediate()
    }
  }

  #describe(exchange: Exchange): void {
    try {
      this.#unsent.push(describeExchange(exchange))
    } catch (error) {
      this.#tellFailure(error)
    }
  }

  /** False when the database is away: what was not sent is kept for the next time. */
  async #send(): Promise<boolean> {
    if (this.#unsent.length === 0) return true
    try {
      await this.#store.store(this.#unsent)
    } catch (error) {
      this.#tellFailure(error)
      if (error instanceof MusterError && error.code === 'unavailable') return false
    }
    this.#unsent = []
    return true
  }

  #tellSkipped(notWithinMilliseconds: number): void {
    if (performance.now() - this.#toldSkippedAt < notWithinMilliseconds) return
    const skipped = this.buffer.takeSkipped()
    if (skipped === 0) return
    this.#toldSkippedAt = performance.now()
    this.#logger.warn({ skipped }, 'requests were left out of the SCIM request log')
  }

  #tellFailure(error: unknown): void {
    if (performance.now() - this.#toldFailureAt < tellingMilliseconds) return
    this.#toldFailureAt = performance.now()
    this.#logger.warn({ err: error }, 'the SCIM request log cannot be written')
  }
}
