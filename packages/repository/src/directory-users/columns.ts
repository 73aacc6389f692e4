import type { Cause } from '@muster/events'
import { applyMapping, isSelected, type Provided } from '@muster/people'
import { comparisonKey, foldedOverlay, type JsonObject } from '@muster/scim'
import { withKeys } from '../people/technical-keys.ts'
import type { DirectorySettings } from '../settings/directory-settings.ts'

/** A user document under its id, as a source said it (canonical, see packages/scim). */
export interface DirectoryUserDraft {
  directoryUserId: string
  document: JsonObject
  /** When the document is in the words of a polled source, not SCIM's: what it says of things that every directory has. */
  facts?: DirectoryUserFacts
  /** What the directory provided until now, when values that it does not say any more stay. */
  before?: Provided
  /** The request behind this user, when several share a transaction. */
  cause?: Cause
}

export interface DirectoryUserFacts {
  userName: string
  /** The source's immutable id. */
  externalId: string | null
  displayName: string | null
  active: boolean
  emails: readonly { value: string; type?: string | undefined }[]
}

/** What `derivedColumns` goes by. */
interface Known {
  document: JsonObject
  active: boolean
  /** What the directory provided until now. */
  before?: Provided | undefined
}

/** What a document means under the settings of its directory: attributes of the person, and whether filters let it through. */
export function derivedColumns(
  { document, active, before = {} }: Known,
  settings: DirectorySettings,
): { mapped: Provided; selected: boolean } {
  const provided = { ...keptValues(before, settings), ...applyMapping(settings.mapping, document) }
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
export function directoryUserColumns(draft: DirectoryUserDraft, settings: DirectorySettings) {
  const { directoryUserId, document, facts = factsOf(document), before } = draft
  return {
    directory_user_id: directoryUserId,
    user_name_key: comparisonKey(facts.userName),
    display_name_key: keyOf(facts.displayName),
    external_id: facts.externalId,
    active: facts.active,
    resource: document,
    // Only SCIM filters look into documents.
    folded: draft.facts === undefined ? (foldedOverlay(document) ?? null) : null,
    ...derivedColumns({ document, active: facts.active, before }, settings),
  }
}

/** What others may refer to these users by, folded: ids, the source's ids, user names, addresses. */
export function referenceKeys(drafts: readonly DirectoryUserDraft[]): string[] {
  return drafts.flatMap((draft) => {
    const { userName, externalId } = draft.facts ?? factsOf(draft.document)
    return [
      draft.directoryUserId,
      comparisonKey(userName),
      ...(externalId === null ? [] : [comparisonKey(externalId)]),
      ...emailColumns(draft).map((email) => email.value_key),
    ]
  })
}

/** What a SCIM document says of things that every directory has. */
function factsOf(document: JsonObject): DirectoryUserFacts {
  const emails = Array.isArray(document.emails) ? document.emails : []
  return {
    userName: String(document.userName),
    externalId: textOf(document.externalId),
    displayName: textOf(document.displayName),
    active: document.active !== false,
    emails: emails.flatMap((email) => {
      if (typeof email !== 'object' || email === null || Array.isArray(email)) return []
      const value = textOf(email.value)
      return value === null ? [] : [{ value, type: textOf(email.type) ?? undefined }]
    }),
  }
}

/** The rows of directory_user_emails that mirror the addresses; positions are without a gap. */
export function emailColumns({ directoryUserId, document, facts = factsOf(document) }: DirectoryUserDraft) {
  return facts.emails.map(({ value, type }, position) => ({
    directory_user_id: directoryUserId,
    position,
    value_key: comparisonKey(value),
    type_key: keyOf(type),
  }))
}

function keyOf(value: unknown): string | null {
  const text = textOf(value)
  return text === null ? null : comparisonKey(text)
}

/** An empty text is no value (RFC 7644 §3.4.2.2, `pr`), in no index either. */
function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}
