import type { RecordProblem } from '../page.ts'
import type { SourceDocument, SourceGroup } from '../source-record.ts'
import { asDocument, attributesOf, textIn } from './document.ts'

/** A group as Okta has it, or what is wrong with it. */
export function groupRecord(id: string, document: SourceDocument): SourceGroup | RecordProblem {
  const name = textIn(asDocument(document.profile), 'name')
  if (name === undefined)
    return { key: { kind: 'group', id }, code: 'groupNameMissing', detail: 'The group has no name.' }
  return { kind: 'group', id, name, attributes: attributesOf(document), members: 'complete' }
}

/** Whether it is the built-in group that everybody is in. Nobody can rename it. */
export function isEveryone(document: SourceDocument): boolean {
  return document.type === 'BUILT_IN' && asDocument(document.profile)?.name === 'Everyone'
}
