import type { Filter, Sort } from '@muster/scim'

/** Which resources a list has, and in which order. */
export interface ListSelection {
  filter: Filter | undefined
  sort: Sort | undefined
}

export type SortKey = string | number | boolean | null

/** The last resource of a page: where the next one begins, whatever came or went meanwhile. Made of JSON values. */
export interface ListPosition {
  /** What it is sorted by; null when it has none, or is sorted by id. */
  key: SortKey
  id: string
  /** In a list of all kinds. */
  kind?: 'User' | 'Group'
}

export interface ListPage {
  /** Resources on the page; none when only the total is wanted. */
  limit: number
  /** By index from 0, or behind a position (undefined: from the beginning). */
  from: { offset: number } | { after: ListPosition | undefined }
  wantsTotal: boolean
}

export interface List<Row> {
  /** How many match in all; undefined when it was not asked for. */
  total: number | undefined
  rows: Row[]
  /** Undefined at the end. */
  next: ListPosition | undefined
}
