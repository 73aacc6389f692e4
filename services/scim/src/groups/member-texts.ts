import { type DirectoryGroupRow, type GroupMember, listGroupMembers, read } from '@muster/repository'
import { type Json, project, type Selection } from '@muster/scim'
import type { ScimContext } from '../scim-context.ts'

/** Members that are read, held and sent together. */
export const membersTogetherMax = 1_000

/** Members as the answer shows them: the sub-attributes that were selected. */
export function shownMembers(members: readonly GroupMember[], selection: Selection, context: ScimContext): Json[] {
  const whole = members.map(({ value, type, display }) => ({
    value,
    type,
    $ref: `${context.baseUrl}/${type}s/${value}`,
    ...(display === null ? {} : { display }),
  }))
  if (selection.kind === 'default') return whole
  const { members: shown } = project({ members: whole }, selection, context.dialect.types.group)
  return Array.isArray(shown) ? shown : []
}

/**
 * The list of a group's members in parts, for groups of any size: the process holds one part at a time, and reads the
 * next one when the client has taken it. Whoever comes or goes meanwhile may or may not be in it.
 */
export async function* memberTexts(row: DirectoryGroupRow, selection: Selection, context: ScimContext) {
  let { members = [], nextMember: next } = row
  for (let separator = '['; ; separator = ',') {
    const text = JSON.stringify(shownMembers(members, selection, context)).slice(1, -1)
    if (text !== '') yield `${separator}${text}`
    if (next === undefined) break
    const after = next
    ;({ members, next } = await read(context.database, context.scope, (reader) =>
      listGroupMembers(reader, context.directoryId, row.directoryGroupId, { after, limit: membersTogetherMax }),
    ))
  }
  yield ']'
}
