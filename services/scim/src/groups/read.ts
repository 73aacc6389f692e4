import { findDirectoryGroup, groupCondition, listDirectoryGroups, read } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { isUuid } from '@muster/runtime/type-ids'
import { parseFilter, parseSelection, type Selection } from '@muster/scim'
import { listJson, type ResourceAnswer } from '../answers.ts'
import { indexPage, type ListQuery } from '../query.ts'
import type { ScimContext } from '../scim-context.ts'
import { groupAnswer, showsMembers } from './representation.ts'

export function groupSelection(query: ListQuery, { dialect }: ScimContext): Selection {
  return parseSelection(query, dialect.types.group)
}

/** GET /Groups/{id} (RFC 7644 §3.4.1). @throws `notFound` */
export async function getGroup(context: ScimContext, id: string, selection: Selection): Promise<ResourceAnswer> {
  if (!isUuid(id)) throw groupNotFound()
  const row = await read(context.database, context.scope, (reader) =>
    findDirectoryGroup(reader, context.directoryId, id, { withMembers: showsMembers(selection) }),
  )
  if (row === undefined) throw groupNotFound()
  return groupAnswer(row, selection, context)
}

/** GET /Groups (RFC 7644 §3.4.2), as the JSON text of a ListResponse. */
export async function listGroups(context: ScimContext, query: ListQuery): Promise<string> {
  const selection = groupSelection(query, context)
  const { startIndex, count } = indexPage(query)
  const filter =
    query.filter === undefined
      ? undefined
      : parseFilter(query.filter, context.dialect.types.group, context.dialect.profile)
  const { total, rows } = await read(context.database, context.scope, (reader) =>
    listDirectoryGroups(reader, context.directoryId, {
      condition: groupCondition(filter),
      offset: startIndex - 1,
      limit: count,
      withMembers: showsMembers(selection),
    }),
  )
  const resources = rows.map((row) => groupAnswer(row, selection, context).json)
  return listJson(resources, { totalResults: total, startIndex })
}

/** The same for an unknown id, a malformed one and one of somebody else. */
export function groupNotFound(): MusterError {
  return new MusterError('notFound', 'There is no such Group.')
}
