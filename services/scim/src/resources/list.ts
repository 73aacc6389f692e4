import { listDirectoryResources, read } from '@muster/repository'
import { parseSelection } from '@muster/scim'
import type { JsonText } from '../answers/json-text.ts'
import { listText } from '../answers/list-answer.ts'
import { groupAnswer, membersShownOnPage } from '../groups/representation.ts'
import type { ListRequest } from '../lists/list-request.ts'
import { listSelection } from '../lists/list-selection.ts'
import { planPage } from '../lists/page-plan.ts'
import { placeOf, type ScimContext } from '../scim-context.ts'
import { showsGroups, userAnswer } from '../users/representation.ts'

/**
 * A query over all resource types (RFC 7644 §3.4.2.1): GET on the base URL, POST on `/.search`. An attribute that only
 * one type has is without a value on the others.
 */
export async function listResources(context: ScimContext, request: ListRequest): Promise<JsonText> {
  const { user, group } = context.dialect.types
  const { page, position } = planPage(context, request, '/')
  const shown = { user: parseSelection(request, user), group: parseSelection(request, group) }
  const wanted = {
    user: listSelection(context, request, user, [group]),
    group: listSelection(context, request, group, [user]),
  }
  const { total, rows, next } = await read(context.database, context.scope, (reader) =>
    listDirectoryResources(reader, placeOf(context), wanted, page, {
      withGroups: showsGroups(shown.user),
      membersMax: membersShownOnPage(shown.group),
    }),
  )
  const resources = rows.map((found) =>
    found.kind === 'User' ? userAnswer(found.row, shown.user, context) : groupAnswer(found.row, shown.group, context),
  )
  return listText(
    resources.map(({ json }) => json ?? ''),
    position({ total, next }),
  )
}
