import type { RecordProblem } from '../page.ts'
import type { SourceGroup } from '../source-record.ts'
import { namesOf } from './addresses.ts'
import { documentOf } from './document.ts'
import type { GoogleDocuments } from './google-documents.ts'

/** A group as Google has it, or what is wrong with it. */
export function toGroup(group: GoogleDocuments['group'], id: string): SourceGroup | RecordProblem {
  const { email } = group
  const name = group.name || email
  if (!name || !email) {
    return { key: { kind: 'group', id }, code: 'groupNameMissing', detail: 'The group has no name or no address.' }
  }
  return {
    kind: 'group',
    id,
    references: namesOf(group, email),
    name,
    attributes: documentOf(group),
    members: 'complete',
  }
}
