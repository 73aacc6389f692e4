import {
  changeMembers,
  createDirectoryGroup,
  deleteDirectoryGroup,
  findDirectoryGroup,
  findUnknownMembers,
  finishDirectoryGroup,
  lockDirectoryGroup,
  type Transaction,
  transact,
} from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { isUuid, newUuid } from '@muster/runtime/type-ids'
import {
  type JsonObject,
  type MemberStep,
  parseGroup,
  patchGroupAttributes,
  planGroupPatch,
  type Selection,
  sameJson,
  selectionAfterWrite,
} from '@muster/scim'
import { type ResourceAnswer, versionTag } from '../answers/resource-answer.ts'
import { checkDocumentSize } from '../requests/document-size.ts'
import { checkPrecondition, type EntityTags } from '../requests/preconditions.ts'
import type { WriteRequest } from '../requests/write-request.ts'
import type { ScimContext } from '../scim-context.ts'
import { groupNotFound } from './read.ts'
import { groupAnswer, membersShown } from './representation.ts'

/** POST /Groups (RFC 7644 §3.3). @throws `uniqueness` when the directory wants unique names and this one is taken */
export function createGroup(context: ScimContext, body: unknown, { selection }: WriteRequest): Promise<ResourceAnswer> {
  const { document, members = [] } = parseGroup(body, context.dialect)
  checkDocumentSize(JSON.stringify(document))
  const directoryGroupId = newUuid()
  return transact(context.database, context.scope, context.cause, async (tx) => {
    await checkMembers(tx, context, [{ kind: 'add', ids: members }])
    const draft = { directoryGroupId, document, uniqueName: context.dialect.profile.uniqueGroupNames }
    await createDirectoryGroup(tx, context.directoryId, draft, members)
    return currentAnswer(tx, context, directoryGroupId, shownAfter(context, selection, body))
  })
}

/** What a request does to a group: its new document, when that differs, and its members, step by step. */
interface GroupChange {
  document: JsonObject
  changed: boolean
  members: readonly MemberStep[]
}

/** PUT /Groups/{id} (RFC 7644 §3.5.1): members that the body does not mention are none. @throws `notFound`, `preconditionFailed`, `uniqueness` */
export function replaceGroup(
  context: ScimContext,
  id: string,
  body: unknown,
  request: WriteRequest,
): Promise<ResourceAnswer> {
  return changeGroup(context, id, body, request, (current) => {
    const { document, members = [] } = parseGroup(body, context.dialect, current)
    return { document, changed: !sameJson(document, current), members: [{ kind: 'replace', ids: members }] }
  })
}

/** PATCH /Groups/{id} (RFC 7644 §3.5.2): all operations or none. @throws `notFound`, `preconditionFailed`, `uniqueness`, as planGroupPatch */
export function modifyGroup(
  context: ScimContext,
  id: string,
  body: unknown,
  request: WriteRequest,
): Promise<ResourceAnswer> {
  const plan = planGroupPatch(body, context.dialect)
  return changeGroup(context, id, body, request, (current) => ({
    ...patchGroupAttributes(current, plan, context.dialect),
    members: plan.members,
  }))
}

/** DELETE /Groups/{id} (RFC 7644 §3.6). @throws `notFound`, `preconditionFailed` */
export async function deleteGroup(context: ScimContext, id: string, expected?: EntityTags): Promise<void> {
  if (!isUuid(id)) throw groupNotFound()
  await transact(context.database, context.scope, context.cause, async (tx) => {
    const group = await lockDirectoryGroup(tx, context.directoryId, id)
    if (group === undefined) throw groupNotFound()
    checkPrecondition(expected, versionTag(group.version))
    await deleteDirectoryGroup(tx, group)
  })
}

/** Locks the group, never loading its members unless the answer shows them. */
async function changeGroup(
  context: ScimContext,
  id: string,
  body: unknown,
  { selection, expected }: WriteRequest,
  plan: (current: JsonObject) => GroupChange,
): Promise<ResourceAnswer> {
  if (!isUuid(id)) throw groupNotFound()
  return transact(context.database, context.scope, context.cause, async (tx) => {
    const group = await lockDirectoryGroup(tx, context.directoryId, id)
    if (group === undefined) throw groupNotFound()
    checkPrecondition(expected, versionTag(group.version))
    const { document, changed, members } = plan(group.document)
    if (changed) checkDocumentSize(JSON.stringify(document))
    await checkMembers(tx, context, members)
    const key = { directoryId: context.directoryId, directoryGroupId: id }
    const changes = await changeMembers(tx, key, members)
    const draft = { directoryGroupId: id, document, uniqueName: context.dialect.profile.uniqueGroupNames }
    await finishDirectoryGroup(tx, group, changed ? draft : undefined, changes)
    return currentAnswer(tx, context, id, shownAfter(context, selection, body))
  })
}

/** A member that the directory does not know: 400 in the strict profile, left out in the compatible one. */
async function checkMembers(tx: Transaction, context: ScimContext, steps: readonly MemberStep[]): Promise<void> {
  if (context.dialect.profile.ignoreUnknownMembers) return
  const ids = steps.flatMap((step) => (step.kind === 'add' || step.kind === 'replace' ? step.ids : []))
  const unknown = await findUnknownMembers(tx, context.directoryId, ids)
  if (unknown.length > 0) {
    throw new MusterError('invalidValue', `members: ${unknown.length} of the members are not in this directory.`)
  }
}

async function currentAnswer(
  tx: Transaction,
  context: ScimContext,
  id: string,
  selection: Selection | undefined,
): Promise<ResourceAnswer> {
  const row = await findDirectoryGroup(tx, context.directoryId, id, { membersMax: membersShown(selection) })
  if (row === undefined) throw groupNotFound()
  return groupAnswer(row, selection, context)
}

function shownAfter({ dialect }: ScimContext, selection: Selection | undefined, body: unknown) {
  return selection && selectionAfterWrite(selection, body, dialect.types.group, dialect)
}
