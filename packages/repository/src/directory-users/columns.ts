import type { Cause } from '@muster/events'
import { mapScimUser } from '@muster/people'
import { comparisonKey, foldedOverlay, type JsonObject } from '@muster/scim'

/** A user document under its id, as a source said it (canonical, see packages/scim). */
export interface DirectoryUserDraft {
  directoryUserId: string
  document: JsonObject
  /** The request behind this user, when several share a transaction. */
  cause?: Cause
}

/** The columns that follow from a document: keys for look-ups, and what it means for the person. */
export function directoryUserColumns({ directoryUserId, document }: DirectoryUserDraft) {
  const mapped: Record<string, string> = { ...mapScimUser(document) }
  if (mapped.email !== undefined) mapped.emailKey = comparisonKey(mapped.email)
  return {
    directory_user_id: directoryUserId,
    user_name_key: comparisonKey(String(document.userName)),
    display_name_key: keyOf(document.displayName),
    external_id: textOf(document.externalId),
    active: document.active !== false,
    resource: document,
    folded: foldedOverlay(document) ?? null,
    mapped,
  }
}

/** The rows of directory_user_emails that mirror the document's addresses; positions are without a gap. */
export function emailColumns({ directoryUserId, document }: DirectoryUserDraft) {
  const emails = Array.isArray(document.emails) ? document.emails : []
  return emails
    .flatMap((email) => {
      if (typeof email !== 'object' || email === null || Array.isArray(email)) return []
      const valueKey = keyOf(email.value)
      return valueKey === null ? [] : [{ value_key: valueKey, type_key: keyOf(email.type) }]
    })
    .map((keys, position) => ({ directory_user_id: directoryUserId, position, ...keys }))
}

function keyOf(value: unknown): string | null {
  const text = textOf(value)
  return text === null ? null : comparisonKey(text)
}

/** An empty text is no value (RFC 7644 §3.4.2.2, `pr`), in no index either. */
function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
