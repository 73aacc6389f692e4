import type { SourceDocument } from '../source-record.ts'

/** What changes by itself, or says nothing of the record. */
const left: ReadonlySet<string> = new Set([
  'kind',
  'etag',
  'lastLoginTime',
  'thumbnailPhotoUrl',
  'thumbnailPhotoEtag',
  'directMembersCount',
  // For Google alone: how somebody gets back into a lost account, and what a password was set by.
  'recoveryEmail',
  'recoveryPhone',
  'password',
  'hashFunction',
])

/** A document of Google's as it is kept. */
export function documentOf(record: object): SourceDocument {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !left.has(name))) as SourceDocument
}
