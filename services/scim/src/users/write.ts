import {
  deleteDirectoryUsers,
  findDirectoryUser,
  lockDirectoryUser,
  type Transaction,
  transact,
  updateDirectoryUsers,
} from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { isUuid, newUuid } from '@muster/runtime/type-ids'
import { type JsonObject, parseUser, patchUser, sameJson } from '@muster/scim'
import { type ResourceAnswer, versionTag } from '../answers/resource-answer.ts'
import { checkPrecondition, type EntityTags } from '../requests/preconditions.ts'
import type { WriteRequest } from '../requests/write-request.ts'
import type { ScimContext } from '../scim-context.ts'
import { userNotFound } from './read.ts'
import { showsGroups, userAnswer } from './representation.ts'

/** POST /Users (RFC 7644 §3.3). @throws `uniqueness` when the userName is taken */
export async function createUser(
  context: ScimContext,
  body: unknown,
  { selection }: WriteRequest,
): Promise<ResourceAnswer> {
  const document = parseUser(body, context.dialect)
  const directoryUserId = newUuid()
  const stored = await context.creations.submit(context.directoryId, {
    scope: context.scope,
    directoryId: context.directoryId,
    draft: { directoryUserId, document, cause: context.cause },
  })
  if (stored === undefined) {
    throw new MusterError('uniqueness', 'Another user of this directory has this userName.')
  }
  const row = { ...stored, directoryUserId, documentText: JSON.stringify(document), groupsText: null }
  return userAnswer(row, selection, context)
}

/** PUT /Users/{id} (RFC 7644 §3.5.1). @throws `notFound`, `preconditionFailed`, `uniqueness` */
export function replaceUser(
  context: ScimContext,
  id: string,
  body: unknown,
  request: WriteRequest,
): Promise<ResourceAnswer> {
  return changeUser(context, id, request, (current) => {
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
  return changeUser(context, id, request, (current) => patchUser(current, body, context.dialect))
}

/** DELETE /Users/{id} (RFC 7644 §3.6). @throws `notFound`, `preconditionFailed` */
export async function deleteUser(context: ScimContext, id: string, expected?: EntityTags): Promise<void> {
  if (!isUuid(id)) throw userNotFound()
  const deleted = await transact(context.database, context.scope, context.cause, async (tx) => {
    if (expected !== undefined) await lockInVersion(tx, context, id, expected)
    return deleteDirectoryUsers(tx, context.directoryId, [id])
  })
  if (deleted === 0) throw userNotFound()
}

/** Locks, plans, writes what differs. What is no change leaves version, timestamps and event log alone. */
async function changeUser(
  context: ScimContext,
  id: string,
  { selection, expected }: WriteRequest,
  plan: (current: JsonObject) => { document: JsonObject; changed: boolean },
): Promise<ResourceAnswer> {
  if (!isUuid(id)) throw userNotFound()
  return transact(context.database, context.scope, context.cause, async (tx) => {
    const locked = await lockInVersion(tx, context, id, expected)
    const { document, changed } = plan(locked.document)
    if (changed) await updateDirectoryUsers(tx, context.directoryId, [{ directoryUserId: id, document }])
    const withGroups = selection !== undefined && showsGroups(selection)
    const row = await findDirectoryUser(tx, context.directoryId, id, { withGroups })
    if (row === undefined) throw userNotFound()
    return userAnswer(row, selection, context)
  })
}

async function lockInVersion(tx: Transaction, context: ScimContext, id: string, expected: EntityTags | undefined) {
  const locked = await lockDirectoryUser(tx, context.directoryId, id)
  if (locked === undefined) throw userNotFound()
  checkPrecondition(expected, versionTag(locked.version))
  return locked
}
