import { listDirectoryUsers, read } from '@muster/repository'
import { isUuid } from '@muster/runtime/type-ids'
import { parseSelection, type Selection } from '@muster/scim'
import type { JsonText } from '../answers/json-text.ts'
import { listText } from '../answers/list-answer.ts'
import type { ResourceAnswer } from '../answers/resource-answer.ts'
import type { ListRequest } from '../lists/list-request.ts'
import { listSelection } from '../lists/list-selection.ts'
import { planPage } from '../lists/page-plan.ts'
import { placeOf, type ScimContext } from '../scim-context.ts'
import { userNotFound } from './not-found.ts'
import { showsGroups, userAnswer } from './representation.ts'

export function userSelection(request: ListRequest, { dialect }: ScimContext): Selection {
  return parseSelection(request, dialect.types.user)
}

/** GET /Users/{id} (RFC 7644 §3.4.1). @throws `notFound` */
export async function getUser(context: ScimContext, id: string, selection: Selection): Promise<ResourceAnswer> {
  if (!isUuid(id)) throw userNotFound()
  const { scope, directoryId } = context
  const row = await context.shared.lookUps.find({ scope, directoryId, id, withGroups: showsGroups(selection) })
  if (row === undefined) throw userNotFound()
  return userAnswer(row, selection, context)
}

/** GET /Users and POST /Users/.search (RFC 7644 §3.4.2, §3.4.3), as the JSON text of a ListResponse. */
export async function listUsers(context: ScimContext, request: ListRequest): Promise<JsonText> {
  const selection = userSelection(request, context)
  const { page, position } = planPage(context, request, '/Users')
  const wanted = listSelection(context, request, context.dialect.types.user)
  const { total, rows, next } = await read(context.database, context.scope, (reader) =>
    listDirectoryUsers(reader, placeOf(context), wanted, page, { withGroups: showsGroups(selection) }),
  )
  const resources = rows.map((row) => userAnswer(row, selection, context).json ?? '')
  return listText(resources, position({ total, next }))
}
