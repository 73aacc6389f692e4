import {
  type DirectoryUserRow,
  foundMax,
  type List,
  type ListPage,
  type ListSelection,
  listDirectoryUsers,
  lookUpOf,
  read,
} from '@muster/repository'
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
  const lookUp = { scope, directoryId, by: 'id', value: id.toLowerCase(), withGroups: showsGroups(selection) } as const
  const [row] = await context.shared.lookUps.find(lookUp)
  if (row === undefined) throw userNotFound()
  return userAnswer(row, selection, context)
}

/** GET /Users and POST /Users/.search (RFC 7644 §3.4.2, §3.4.3), as the JSON text of a ListResponse. */
export async function listUsers(context: ScimContext, request: ListRequest): Promise<JsonText> {
  const selection = userSelection(request, context)
  const { page, position } = planPage(context, request, '/Users')
  const wanted = listSelection(context, request, context.dialect.types.user)
  const withGroups = showsGroups(selection)
  const { total, rows, next } =
    (await lookUp(context, wanted, page, withGroups)) ??
    (await read(context.database, context.scope, (reader) =>
      listDirectoryUsers(reader, placeOf(context), wanted, page, { withGroups }),
    ))
  const resources = rows.map((row) => userAnswer(row, selection, context).json ?? '')
  return listText(resources, position({ total, next }))
}

/**
 * The first page of a list that is a look-up, shared with whoever looks somebody up at the same time; undefined when it
 * is anything else, or finds so many that it is a list after all.
 */
async function lookUp(
  { shared, scope, directoryId }: ScimContext,
  { filter, sort }: ListSelection,
  { limit, from }: ListPage,
  withGroups: boolean,
): Promise<List<DirectoryUserRow> | undefined> {
  const asked = filter && lookUpOf(filter)
  if (asked === undefined || sort !== undefined || !('offset' in from) || from.offset > 0) return undefined
  const rows = await shared.lookUps.find({ ...asked, scope, directoryId, withGroups })
  if (rows.length > Math.min(limit, foundMax)) return undefined
  return { total: rows.length, rows: [...rows], next: undefined }
}
