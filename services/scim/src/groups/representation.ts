import type { DirectoryGroupRow } from '@muster/repository'
import { type JsonObject, project, type Selection, selectsAttribute } from '@muster/scim'
import { type JsonText, withLastMember } from '../answers/json-text.ts'
import { type ResourceAnswer, resourceMeta } from '../answers/resource-answer.ts'
import type { ScimContext } from '../scim-context.ts'
import { membersTogetherMax, memberTexts, shownMembers } from './member-texts.ts'

/** Members read with each group of a page, which may have a thousand groups; large ones are read on while they are sent. */
const membersOnPageMax = 100

/** How many members are read with a group; none when the answer does not show them, and costs nothing then. */
export function membersShown(selection: Selection | undefined): number {
  return selection !== undefined && selectsAttribute(selection, 'members') ? membersTogetherMax : 0
}

/** The same for each group of a page. */
export function membersShownOnPage(selection: Selection): number {
  return Math.min(membersShown(selection), membersOnPageMax)
}

/** A group as SCIM shows it; without a body when no selection is given. */
export function groupAnswer(
  row: DirectoryGroupRow,
  selection: Selection | undefined,
  context: ScimContext,
): ResourceAnswer {
  const location = `${context.baseUrl}/Groups/${row.directoryGroupId}`
  const meta = resourceMeta(row, 'Group', location)
  const json = selection && groupText(row, { id: row.directoryGroupId, meta }, selection, context)
  return { json, location, version: meta.version }
}

/** The text of a group; in parts when it has more members than are read at once. */
function groupText(row: DirectoryGroupRow, derived: JsonObject, selection: Selection, context: ScimContext): JsonText {
  if (row.nextMember !== undefined) {
    return withLastMember(textOf(row, derived, selection, context), 'members', memberTexts(row, selection, context))
  }
  const members = shownMembers(row.members ?? [], selection, context)
  return textOf(row, members.length > 0 ? { ...derived, members } : derived, selection, context)
}

/** Without a selection the stored text is used as it is; see users/representation.ts. */
function textOf(row: DirectoryGroupRow, derived: JsonObject, selection: Selection, { dialect }: ScimContext): string {
  return selection.kind === 'default'
    ? `${row.documentText.slice(0, -1)},${JSON.stringify(derived).slice(1)}`
    : JSON.stringify(project({ ...JSON.parse(row.documentText), ...derived }, selection, dialect.types.group))
}
