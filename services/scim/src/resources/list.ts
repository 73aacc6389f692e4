import { listDirectoryResources, read } from '@muster/repository'
import { parseFilter, parseSelection, parseSort, type ResourceType } from '@muster/scim'
import type { JsonText } from '../answers/json-text.ts'
import { listText } from '../answers/list-answer.ts'
import { groupAnswer, membersShown } from '../groups/representation.ts'
import type { ListRequest } from '../lists/list-request.ts'
import { planPage } from '../lists/page-plan.ts'
import { type ScimContext, placeOf } from '../scim-context.ts'
import { showsGroups, userAnswer } from '../users/representation.ts'

/**
 * A query over all resource types (RFC 7644 §3.4.2.1): GET on the base URL, POST on `/.search`. An attribute that only
 * one type has is without a value on the others.
 */
export async function listResources(context: ScimContext, request: ListRequest): Promise<JsonText> {
  const { user, group } = context.dialect.types
  const { page, position } = planPage(context, request, '/')
  const about = (type: ResourceType, other: ResourceType) => selectionOf(context, request, type, other)
  const shown = { user: parseSelection(request, user), group: parseSelection(request, group) }
  const { total, rows, next } = await read(context.database, context.scope, (reader) =>
    listDirectoryResources(reader, placeOf(context), { user: about(user, group), group: about(group, user) }, page, {
      withGroups: showsGroups(shown.user),
      membersMax: membersShown(shown.group),
    }),
  )
  const resources = rows.map((found) => {
    const answer =
      found.kind === 'User' ? userAnswer(found.row, shown.user, context) : groupAnswer(found.row, shown.group, context)
    return answer.json ?? ''
  })
  return listText(resources, position({ total, next }))
}

function selectionOf({ dialect }: ScimContext, request: ListRequest, type: ResourceType, other: ResourceType) {
  const { filter, sortBy, sortOrder } = request
  const alsoKnown = [other]
  return {
    filter: filter === undefined ? undefined : parseFilter(filter, type, dialect.profile, { alsoKnown }),
    sort: parseSort({ sortBy, sortOrder }, type, dialect.profile, { alsoKnown }),
  }
}
