import { ConnectorError } from '../connector-error.ts'
import type { JsonValue, SourceDocument } from '../source-record.ts'

/** What changes by itself, is no word on the record, or repeats another one. */
const volatile: ReadonlySet<string> = new Set([
  '_embedded',
  '_links',
  'credentials',
  'lastLogin',
  'lastMembershipUpdated',
  'lastUpdated',
  'passwordChanged',
  'statusChanged',
  'transitioningToStatus',
])

/** A record of a list, with the id that all of them have. @throws ConnectorError `protocol` */
export function recordIn(value: unknown): { id: string; document: SourceDocument } {
  const document = asDocument(value)
  const id = textIn(document, 'id')
  if (document === undefined || id === undefined)
    throw new ConnectorError('protocol', 'Okta lists a record without id.')
  return { id, document }
}

/** What of a record is kept: all that somebody may have said of it. */
export function attributesOf(document: SourceDocument): SourceDocument {
  return Object.fromEntries(Object.entries(document).filter(([name]) => !volatile.has(name)))
}

export function asDocument(value: unknown): SourceDocument | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as SourceDocument) : undefined
}

/** A text that is not empty. */
export function textIn(document: SourceDocument | undefined, name: string): string | undefined {
  const value: JsonValue | undefined = document?.[name]
  return typeof value === 'string' && value.trim() !== '' ? value : undefined
}
