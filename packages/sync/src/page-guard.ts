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
 * one earlier checkpoint that moves on ever more slowly, so that nothing has to be remembered of the others. Many pages may stand at
 * one checkpoint, where a source cannot go on in the middle of something: as long as each begins otherwise than the one before it.
 */
export class PageGuard {
  readonly #scan: 'full' | 'delta'
  readonly #limits: ReadingLimits
  #pages: number
  #rows: number
  #anchor: string | null
  #before: { checkpoint: string | null; first: string | undefined }
  #repeats = 0
  #steps = 0
  #stride = 1

  constructor({ scan, resume, pages, rows, limits }: PageGuardOptions) {
    this.#scan = scan
    this.#limits = limits
    this.#pages = pages
    this.#rows = rows
    this.#anchor = resume
    this.#before = { checkpoint: resume, first: undefined }
  }

  /** @throws ConnectorError `protocol` */
  see(page: Page): void {
    const { upsert, remove, present = [], checkpoint, complete } = page
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
    if (complete === undefined) this.#follow(page)
    else assert(this.#scan === 'delta' || complete === 'all', 'A full scan ended without having read everything.')
  }

  #follow(page: Page): void {
    const { checkpoint } = page
    const before = this.#before
    const first = firstOf(page)
    this.#before = { checkpoint, first }
    if (checkpoint === before.checkpoint && first !== undefined && first !== before.first) return
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

/** What a page begins with; undefined of an empty one. */
function firstOf({ upsert, present = [], problems = [], remove }: Page): string | undefined {
  const [record = present[0] ?? problems[0]?.key ?? remove[0]] = upsert
  if (record === undefined) return undefined
  return JSON.stringify(record.kind === 'membership' ? [record.groupId, record.member] : [record.kind, record.id])
}

function assert(isSo: boolean, message: string): void {
  if (!isSo) throw new ConnectorError('protocol', message)
}
