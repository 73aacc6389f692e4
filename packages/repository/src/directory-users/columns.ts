import type { Cause } from '@muster/events'
import { applyMapping, isSelected, type Provided } from '@muster/people'
import { comparisonKey, foldedOverlay, type JsonObject } from '@muster/scim'
import { withKeys } from '../people/technical-keys.ts'
import type { DirectorySettings } from '../settings/directory-settings.ts'

/** A user document under its id, as a source said it (canonical, see packages/scim). */
export interface DirectoryUserDraft {
  directoryUserId: string
  document: JsonObject
  /** The request behind this user, when several share a transaction. */
  cause?: Cause
}

/**
 * What a document means under the settings of its directory: attributes of the person, and whether filters let it through.
 * `before` is what the directory provided until now.
 */
export function derivedColumns(
  document: JsonObject,
  settings: DirectorySettings,
  before: Provided = {},
): { mapped: Provided; selected: boolean } {
  const provided = { ...keptValues(before, settings), ...applyMapping(settings.mapping, document) }
  const active = isActive(document)
  const selected = settings.compiledFilters.every((filters) => isSelected(filters, { active, provided, document }))
  return { mapped: withKeys(provided), selected }
}

/** A polled directory keeps the last value it provided of each attribute; a SCIM client withdraws what it leaves out. */
function keptValues(before: Provided, { keepsLastValues, mapping }: DirectorySettings): Provided {
  if (!keepsLastValues) return {}
  const targets = new Set<string>(mapping.expressions.keys())
  return Object.fromEntries(Object.entries(before).filter(([target]) => targets.has(target)))
}

/** The columns that follow from a document: keys for look-ups, and what it means for the person. */
export function directoryUserColumns({ directoryUserId, document }: DirectoryUserDraft, settings: DirectorySettings) {
  return {
    directory_user_id: directoryUserId,
    user_name_key: comparisonKey(String(document.userName)),
    display_name_key: keyOf(document.displayName),
    external_id: textOf(document.externalId),
    active: isActive(document),
    resource: document,
    folded: foldedOverlay(document) ?? null,
    ...derivedColumns(document, settings),
  }
}

/** What others may refer to these users by, folded: ids, the source's ids, user names, addresses. */
export function referenceKeys(drafts: readonly DirectoryUserDraft[]): string[] {
  return drafts.flatMap((draft) => [
    draft.directoryUserId,
    comparisonKey(String(draft.document.userName)),
    ...(textOf(draft.document.externalId) === null ? [] : [comparisonKey(String(draft.document.externalId))]),
    ...emailColumns(draft).map((email) => email.value_key),
  ])
}

function isActive(document: JsonObject): boolean {
  return document.active !== false
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
