import { findDirectoryUser, listDirectoryUsers, read, userCondition } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { isUuid } from '@muster/runtime/type-ids'
import { parseFilter, parseSelection, type Selection } from '@muster/scim'
import type { JsonText } from '../answers/json-text.ts'
import { listText } from '../answers/list-answer.ts'
import type { ResourceAnswer } from '../answers/resource-answer.ts'
import type { ListRequest } from '../lists/list-request.ts'
import { planPage } from '../lists/page-plan.ts'
import type { ScimContext } from '../scim-context.ts'
import { showsGroups, userAnswer } from './representation.ts'

export function userSelection(request: ListRequest, { dialect }: ScimContext): Selection {
  return parseSelection(request, dialect.types.user)
}

/** GET /Users/{id} (RFC 7644 §3.4.1). @throws `notFound` */
export async function getUser(context: ScimContext, id: string, selection: Selection): Promise<ResourceAnswer> {
  if (!isUuid(id)) throw userNotFound()
  const row = await read(context.database, context.scope, (reader) =>
    findDirectoryUser(reader, context.directoryId, id, { withGroups: showsGroups(selection) }),
  )
  if (row === undefined) throw userNotFound()
  return userAnswer(row, selection, context)
}

/** GET /Users and POST /Users/.search (RFC 7644 §3.4.2, §3.4.3), as the JSON text of a ListResponse. */
export async function listUsers(context: ScimContext, request: ListRequest): Promise<JsonText> {
  const selection = userSelection(request, context)
  const { page, position } = planPage(context, request, '/Users')
  const filter =
    request.filter === undefined
      ? undefined
      : parseFilter(request.filter, context.dialect.types.user, context.dialect.profile)
  const { total, rows } = await read(context.database, context.scope, (reader) =>
    listDirectoryUsers(reader, context.directoryId, {
      condition: userCondition(filter),
      offset: 'offset' in page.from ? page.from.offset : 0,
      limit: page.limit,
      withGroups: showsGroups(selection),
    }),
  )
  const resources = rows.map((row) => userAnswer(row, selection, context).json ?? '')
  return listText(resources, position({ total, next: undefined }))
}

/** The same for an unknown id, a malformed one and one of somebody else. */
export function userNotFound(): MusterError {
  return new MusterError('notFound', 'There is no such User.')
}
