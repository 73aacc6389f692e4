import { ConnectorError, type Page } from '@muster/connectors'
import type { ReadingLimits } from './reading-limits.ts'

/** How often a checkpoint may come again: an empty page may stand where the page before it did. */
const repeatsMax = 3

interface PageGuardOptions {
  scan: 'full' | 'delta'
  /** Where reading goes on. */
  resume: string | null
  /** What was read until then. */
  pages: number
  rows: number
  limits: ReadingLimits
}

/**
 * Looks at the pages of a round one by one: each must bring it on, and the last must be what it says. A loop is found by comparing with
 * one earlier checkpoint that moves on ever more slowly, so that nothing has to be remembered of the others.
 */
export class PageGuard {
  readonly #scan: 'full' | 'delta'
  readonly #limits: ReadingLimits
  #pages: number
  #rows: number
  #anchor: string | null
  #repeats = 0
  #steps = 0
  #stride = 1

  constructor({ scan, resume, pages, rows, limits }: PageGuardOptions) {
    this.#scan = scan
    this.#limits = limits
    this.#pages = pages
    this.#rows = rows
    this.#anchor = resume
  }

  /** @throws ConnectorError `protocol` */
  see({ upsert, remove, present = [], checkpoint, complete }: Page): void {
    const { pagesMax, rowsMax, pageRowsMax, checkpointBytesMax } = this.#limits
    const rows = upsert.length + remove.length + present.length
    this.#pages += 1
    this.#rows += rows
    assert(this.#pages <= pagesMax, `The source has more than ${pagesMax} pages.`)
    assert(this.#rows <= rowsMax, `The source has more than ${rowsMax} records.`)
    assert(rows <= pageRowsMax, `A page of the source has more than ${pageRowsMax} records.`)
    const bytes = Buffer.byteLength(checkpoint)
    assert(bytes > 0 && bytes <= checkpointBytesMax, `A checkpoint has not 1 to ${checkpointBytesMax} bytes.`)
    assert(checkpoint.isWellFormed() && !checkpoint.includes('\0'), 'A checkpoint is no text that can be kept.')
    if (complete === undefined) this.#follow(checkpoint)
    else assert(this.#scan === 'delta' || complete === 'all', 'A full scan ended without having read everything.')
  }

  #follow(checkpoint: string): void {
    if (checkpoint === this.#anchor) {
      this.#repeats += 1
      assert(this.#repeats <= repeatsMax, 'The source leads to a page again and again.')
    }
    this.#steps += 1
    if (this.#steps < this.#stride) return
    if (checkpoint !== this.#anchor) this.#repeats = 0
    this.#anchor = checkpoint
    this.#steps = 0
    this.#stride *= 2
  }
}

function assert(isSo: boolean, message: string): void {
  if (!isSo) throw new ConnectorError('protocol', message)
}
