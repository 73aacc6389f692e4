import { deleteDirectoryUsers, lockDirectoryUsers, read, transact } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { isUuid, newUuid } from '@muster/runtime/type-ids'
import { type JsonObject, parseUser, patchUser, type Selection, sameJson, selectionAfterWrite } from '@muster/scim'
import { type ResourceAnswer, versionTag } from '../answers/resource-answer.ts'
import { checkDocumentSize } from '../requests/document-size.ts'
import { checkPrecondition, type EntityTags } from '../requests/preconditions.ts'
import type { WriteRequest } from '../requests/write-request.ts'
import type { ScimContext } from '../scim-context.ts'
import type { Change } from './changes.ts'
import { findUnknownManagers, newManagerIn, unknownManager } from './managers.ts'
import { userNotFound } from './not-found.ts'
import { showsGroups, userAnswer } from './representation.ts'

/** POST /Users (RFC 7644 §3.3). @throws `uniqueness` when the userName is taken, `payloadTooLarge`, as parseUser */
export async function createUser(
  context: ScimContext,
  body: unknown,
  { selection }: WriteRequest,
): Promise<ResourceAnswer> {
  const document = parseUser(body, context.dialect)
  const documentText = JSON.stringify(document)
  checkDocumentSize(documentText)
  await checkManager(context, document)
  const directoryUserId = newUuid()
  const stored = await context.shared.creations.submit(context.directoryId, {
    scope: context.scope,
    directoryId: context.directoryId,
    draft: { directoryUserId, document, cause: context.cause },
  })
  if (stored === undefined) {
    throw new MusterError('uniqueness', 'Another user of this directory has this userName.')
  }
  const row = { ...stored, directoryUserId, documentText, groupsText: null }
  return userAnswer(row, shownAfter(context, selection, body), context)
}

/** PUT /Users/{id} (RFC 7644 §3.5.1). @throws `notFound`, `preconditionFailed`, `uniqueness` */
export function replaceUser(
  context: ScimContext,
  id: string,
  body: unknown,
  request: WriteRequest,
): Promise<ResourceAnswer> {
  return changeUser(context, id, body, request, (current) => {
    const document = parseUser(body, context.dialect, current)
    return { document, changed: !sameJson(document, current) }
  })
}

/**
 * PATCH /Users/{id} (RFC 7644 §3.5.2): all operations or none.
 * @throws `notFound`, `preconditionFailed`, `uniqueness`, and as patchUser
 */
export function modifyUser(
  context: ScimContext,
  id: string,
  body: unknown,
  request: WriteRequest,
): Promise<ResourceAnswer> {
  return changeUser(context, id, body, request, (current) => patchUser(current, body, context.dialect))
}

/** DELETE /Users/{id} (RFC 7644 §3.6). @throws `notFound`, `preconditionFailed` */
export async function deleteUser(context: ScimContext, id: string, expected?: EntityTags): Promise<void> {
  if (!isUuid(id)) throw userNotFound()
  const deleted = await transact(context.database, context.scope, context.cause, async (tx) => {
    if (expected !== undefined) {
      const locked = await lockDirectoryUsers(tx, context.directoryId, [id], { withGroups: false })
      for (const { version } of locked.values()) checkPrecondition(expected, versionTag(version))
    }
    return deleteDirectoryUsers(tx, context.directoryId, [id])
  })
  if (deleted === 0) throw userNotFound()
}

async function changeUser(
  context: ScimContext,
  id: string,
  body: unknown,
  { selection, expected }: WriteRequest,
  plan: Change['plan'],
): Promise<ResourceAnswer> {
  if (!isUuid(id)) throw userNotFound()
  const { scope, directoryId, cause, dialect } = context
  const checksManager = !dialect.profile.acceptUnknownManagers
  const withGroups = selection !== undefined && showsGroups(selection)
  const change = { scope, directoryId, id, cause, expected, withGroups, checksManager, plan }
  const outcome = await context.shared.changes.submit(directoryId, change)
  if ('error' in outcome) throw outcome.error
  return userAnswer(outcome.row, shownAfter(context, selection, body), context)
}

function shownAfter({ dialect }: ScimContext, selection: Selection | undefined, body: unknown) {
  return selection && selectionAfterWrite(selection, body, dialect.types.user, dialect)
}

async function checkManager({ database, scope, directoryId, dialect }: ScimContext, document: JsonObject) {
  const manager = newManagerIn(document)
  if (manager === undefined || dialect.profile.acceptUnknownManagers) return
  const unknown = await read(database, scope, (reader) => findUnknownManagers(reader, directoryId, [manager]))
  if (unknown.size > 0) throw unknownManager()
}
