import type { DirectoryUserRow } from '@muster/repository'
import { type JsonObject, project, type Selection, selectsAttribute } from '@muster/scim'
import { type ResourceAnswer, resourceMeta } from '../answers/resource-answer.ts'
import type { ScimContext } from '../scim-context.ts'

/** Whether an answer shows the groups of a user, so that nobody joins them for nothing. */
export function showsGroups(selection: Selection): boolean {
  return selectsAttribute(selection, 'groups')
}

/** A user as SCIM shows it; without a body when no selection is given. */
export function userAnswer(
  row: DirectoryUserRow,
  selection: Selection | undefined,
  context: ScimContext,
): ResourceAnswer {
  const location = `${context.baseUrl}/Users/${row.directoryUserId}`
  const meta = resourceMeta(row, 'User', location)
  const json = selection && userText(row, meta, selection, context)
  return { json, location, version: meta.version }
}

/**
 * Without a selection the stored text is used as it is: parsing and serialising documents would cost a fifth of the
 * throughput of GET.
 */
function userText(
  row: DirectoryUserRow,
  meta: JsonObject,
  selection: Selection,
  { baseUrl, dialect }: ScimContext,
): string {
  const derived: JsonObject = { id: row.directoryUserId, meta }
  if (row.groupsText !== null) derived.groups = withReferences(row.groupsText, baseUrl)
  return selection.kind === 'default'
    ? `${row.documentText.slice(0, -1)},${JSON.stringify(derived).slice(1)}`
    : JSON.stringify(project({ ...JSON.parse(row.documentText), ...derived }, selection, dialect.types.user))
}

function withReferences(groupsText: string, baseUrl: string): JsonObject[] {
  const groups = JSON.parse(groupsText) as { value: string }[]
  return groups.map((group) => ({ ...group, $ref: `${baseUrl}/Groups/${group.value}` }))
}
