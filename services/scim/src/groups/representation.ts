import type { DirectoryGroupRow } from '@muster/repository'
import { type JsonObject, project, type Selection, selectsAttribute, showsDocument } from '@muster/scim'
import { type ResourceAnswer, resourceMeta } from '../answers/resource-answer.ts'
import type { ScimContext } from '../scim-context.ts'

/** Whether an answer shows members, so that a client that excludes them pays nothing for a large group. */
export function showsMembers(selection: Selection): boolean {
  return selectsAttribute(selection, 'members')
}

/** A group as SCIM shows it; without a body when no selection is given. */
export function groupAnswer(
  row: DirectoryGroupRow,
  selection: Selection | undefined,
  context: ScimContext,
): ResourceAnswer {
  const location = `${context.baseUrl}/Groups/${row.directoryGroupId}`
  const meta = resourceMeta(row, 'Group', location)
  const json = selection && groupText(row, meta, selection, context)
  return { json, location, version: meta.version }
}

function groupText(
  row: DirectoryGroupRow,
  meta: JsonObject,
  selection: Selection,
  { baseUrl, dialect }: ScimContext,
): string {
  const derived: JsonObject = { id: row.directoryGroupId, meta }
  if (row.members !== undefined && row.members.length > 0) {
    derived.members = row.members.map(({ value, type, display }) => ({
      value,
      type,
      $ref: `${baseUrl}/${type}s/${value}`,
      ...(display === null ? {} : { display }),
    }))
  }
  return showsDocument(selection, dialect.types.group)
    ? `${row.documentText.slice(0, -1)},${JSON.stringify(derived).slice(1)}`
    : JSON.stringify(project({ ...JSON.parse(row.documentText), ...derived }, selection, dialect.types.group))
}
