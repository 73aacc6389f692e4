import { findDirectoryUser, listDirectoryUsers, read, userCondition } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { isUuid } from '@muster/runtime/type-ids'
import { parseFilter, parseSelection, type Selection } from '@muster/scim'
import { listJson, type ResourceAnswer } from '../answers.ts'
import { indexPage, type ListQuery } from '../query.ts'
import type { ScimContext } from '../scim-context.ts'
import { showsGroups, userAnswer } from './representation.ts'

export function userSelection(query: ListQuery, { dialect }: ScimContext): Selection {
  return parseSelection(query, dialect.types.user)
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

/** GET /Users (RFC 7644 §3.4.2), as the JSON text of a ListResponse. */
export async function listUsers(context: ScimContext, query: ListQuery): Promise<string> {
  const selection = userSelection(query, context)
  const { startIndex, count } = indexPage(query)
  const filter =
    query.filter === undefined
      ? undefined
      : parseFilter(query.filter, context.dialect.types.user, context.dialect.profile)
  const { total, rows } = await read(context.database, context.scope, (reader) =>
    listDirectoryUsers(reader, context.directoryId, {
      condition: userCondition(filter),
      offset: startIndex - 1,
      limit: count,
      withGroups: showsGroups(selection),
    }),
  )
  const resources = rows.map((row) => userAnswer(row, selection, context).json)
  return listJson(resources, { totalResults: total, startIndex })
}

/** The same for an unknown id, a malformed one and one of somebody else. */
export function userNotFound(): MusterError {
  return new MusterError('notFound', 'There is no such User.')
}
