import { findDirectoryGroup, listDirectoryGroups, read } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { isUuid } from '@muster/runtime/type-ids'
import { parseSelection, type Selection } from '@muster/scim'
import type { JsonText } from '../answers/json-text.ts'
import { listText } from '../answers/list-answer.ts'
import type { ResourceAnswer } from '../answers/resource-answer.ts'
import type { ListRequest } from '../lists/list-request.ts'
import { listSelection } from '../lists/list-selection.ts'
import { planPage } from '../lists/page-plan.ts'
import { placeOf, type ScimContext } from '../scim-context.ts'
import { groupAnswer, membersShown, membersShownOnPage } from './representation.ts'

export function groupSelection(request: ListRequest, { dialect }: ScimContext): Selection {
  return parseSelection(request, dialect.types.group)
}

/** GET /Groups/{id} (RFC 7644 §3.4.1). @throws `notFound` */
export async function getGroup(context: ScimContext, id: string, selection: Selection): Promise<ResourceAnswer> {
  if (!isUuid(id)) throw groupNotFound()
  const row = await read(context.database, context.scope, (reader) =>
    findDirectoryGroup(reader, context.directoryId, id, { membersMax: membersShown(selection) }),
  )
  if (row === undefined) throw groupNotFound()
  return groupAnswer(row, selection, context)
}

/** GET /Groups and POST /Groups/.search (RFC 7644 §3.4.2, §3.4.3), as the JSON text of a ListResponse. */
export async function listGroups(context: ScimContext, request: ListRequest): Promise<JsonText> {
  const selection = groupSelection(request, context)
  const { page, position } = planPage(context, request, '/Groups')
  const wanted = listSelection(context, request, context.dialect.types.group)
  const { total, rows, next } = await read(context.database, context.scope, (reader) =>
    listDirectoryGroups(reader, placeOf(context), wanted, page, { membersMax: membersShownOnPage(selection) }),
  )
  const resources = rows.map((row) => groupAnswer(row, selection, context).json ?? '')
  return listText(resources, position({ total, next }))
}

/** The same for an unknown id, a malformed one and one of somebody else. */
export function groupNotFound(): MusterError {
  return new MusterError('notFound', 'There is no such Group.')
}
