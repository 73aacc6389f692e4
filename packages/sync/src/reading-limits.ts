/** What one reading of a source may take; beyond, something is wrong with it. */
export interface ReadingLimits {
  pagesMax: number
  /** Users, groups and memberships. */
  rowsMax: number
  /** Of one page: it is held in memory. */
  pageRowsMax: number
  checkpointBytesMax: number
  /** From one page to the next. */
  pageMilliseconds: number
  /** For all that is read in one go. */
  readMilliseconds: number
}

export const readingLimits: ReadingLimits = {
  pagesMax: 1_000_000,
  rowsMax: 100_000_000,
  pageRowsMax: 200_000,
  checkpointBytesMax: 65_536,
  pageMilliseconds: 600_000,
  readMilliseconds: 6 * 3_600_000,
}
