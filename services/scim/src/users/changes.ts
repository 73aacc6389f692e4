import type { Cause } from '@muster/events'
import {
  type Database,
  type DirectoryUserDraft,
  type DirectoryUserRow,
  type LockedDirectoryUser,
  lockDirectoryUsers,
  type OrganizationScope,
  type Transaction,
  transact,
  updateDirectoryUsers,
} from '@muster/repository'
import { Batcher } from '@muster/runtime/batcher'
import type { JsonObject } from '@muster/scim'
import { versionTag } from '../answers/resource-answer.ts'
import { checkDocumentSize } from '../requests/document-size.ts'
import { checkPrecondition, type EntityTags } from '../requests/preconditions.ts'
import { findUnknownManagers, newManagerIn, unknownManager } from './managers.ts'
import { userNotFound } from './not-found.ts'

/** One PUT or PATCH of one user. */
export interface Change {
  scope: OrganizationScope
  directoryId: string
  id: string
  cause: Cause
  expected: EntityTags | undefined
  /** Whether the answer shows the user's groups. */
  withGroups: boolean
  /** Whether a manager must be a user of the directory. */
  checksManager: boolean
  /** What becomes of the document, and whether it differs at all. Throws what is wrong with the request. */
  plan: (current: JsonObject) => { document: JsonObject; changed: boolean }
}

/** A planned change: the row as it will be but for its version, and what is to be written when it differs. */
interface Plan {
  row: DirectoryUserRow
  draft: DirectoryUserDraft | undefined
  /** Must be a user of the directory; undefined when nobody checks. */
  manager: string | undefined
}

/** The user as it is afterwards, or why the request failed. */
type Outcome = { row: DirectoryUserRow } | { error: unknown }

/** The users one transaction changes at most: it stays well below the time a request may take. */
const usersTogetherMax = 64

export type Changes = Batcher<Change, Outcome>

/**
 * Changes users of one directory that arrive at the same time in one transaction: they share statements, the commit and
 * the lock of the event sequence. A request that is wrong fails alone, no two changes of one user share a transaction,
 * and what is no change leaves version, timestamps and event log alone.
 */
export function createChanges(database: Database): Changes {
  return new Batcher({
    itemsMax: usersTogetherMax,
    subjectOf: ({ id }) => id.toLowerCase(),
    run: (changes) => {
      const [{ scope, cause }] = changes
      return transact(database, scope, cause, (tx) => changeTogether(tx, changes))
    },
  })
}

async function changeTogether(tx: Transaction, changes: readonly [Change, ...Change[]]): Promise<Outcome[]> {
  const [{ directoryId }] = changes
  const ids = changes.map(({ id }) => id)
  const withGroups = changes.some((change) => change.withGroups)
  const locked = await lockDirectoryUsers(tx, directoryId, ids, { withGroups })
  const attempted = changes.map((change) => attempt(change, locked.get(change.id.toLowerCase())))
  const planned = await refuseUnknownManagers(tx, directoryId, attempted)
  const drafts = planned.flatMap((plan) => ('draft' in plan && plan.draft ? [plan.draft] : []))
  const stored = drafts.length === 0 ? undefined : await updateDirectoryUsers(tx, directoryId, drafts)
  return planned.map((plan) => {
    if ('error' in plan) return plan
    return { row: { ...plan.row, ...stored?.get(plan.row.directoryUserId) } }
  })
}

async function refuseUnknownManagers(
  tx: Transaction,
  directoryId: string,
  planned: readonly (Plan | { error: unknown })[],
): Promise<(Plan | { error: unknown })[]> {
  const managers = planned.flatMap((plan) => ('manager' in plan && plan.manager ? [plan.manager] : []))
  const unknown = await findUnknownManagers(tx, directoryId, managers)
  return planned.map((plan) =>
    'manager' in plan && plan.manager && unknown.has(plan.manager) ? { error: unknownManager() } : plan,
  )
}

function attempt(change: Change, current: LockedDirectoryUser | undefined): Plan | { error: unknown } {
  try {
    if (current === undefined) throw userNotFound()
    checkPrecondition(change.expected, versionTag(current.version))
    const { document, changed } = change.plan(current.document)
    const { document: _, groupsText, ...stored } = current
    const directoryUserId = change.id.toLowerCase()
    const documentText = JSON.stringify(document)
    checkDocumentSize(documentText)
    const row = { ...stored, directoryUserId, documentText, groupsText: change.withGroups ? groupsText : null }
    const draft = changed ? { directoryUserId, document, cause: change.cause } : undefined
    const manager = change.checksManager ? newManagerIn(document, current.document) : undefined
    return { row, draft, manager }
  } catch (error) {
    return { error }
  }
}
