import { emptyBatch, recordsPerBatch, take } from '../batch.ts'
import { ConnectorError } from '../connector-error.ts'
import { inOrder } from '../http/in-order.ts'
import type { RecordProblem } from '../page.ts'
import type { SourceGroup, SourceRecord } from '../source-record.ts'
import type { GoogleDocuments } from './google-documents.ts'
import type { GoogleSource } from './google-source.ts'
import { toGroup } from './group-record.ts'
import { type ListPage, lists, pagesOf } from './pages-of.ts'
import { isGone, memberKeys, membersOf } from './read-members.ts'
import { readPresent } from './read-present.ts'
import type { Step } from './step.ts'

type Group = GoogleDocuments['group']

/** Fewer than a page may have: whoever resumes behind one asks again for the members of its groups. */
const groupsPerPage = 50
const ids = { maxResults: 200, fields: 'kind,nextPageToken,groups(id)' }

/** A group of which the first members have been read. */
interface OpenGroup {
  record: SourceGroup | RecordProblem
  first: ListPage<GoogleDocuments['member']>
  /** Behind the first. */
  rest: AsyncGenerator<ListPage<GoogleDocuments['member']>>
}

/** All groups of the scope with their direct members, from a page on. */
export async function* readGroups(source: GoogleSource, resume: string | undefined): AsyncGenerator<Step> {
  const listed = (view: { maxResults: number; fields?: string }, from?: string) => {
    const asked = { ...source.scope.where, orderBy: 'email', ...view }
    return pagesOf(lists.groups, (token) => source.ask((api) => api.groups.list({ ...asked, ...token })), from)
  }
  let last: string | undefined
  const pages = listed({ maxResults: groupsPerPage }, resume)
  for await (const { items, token, next } of pages) {
    let batch = emptyBatch()
    for await (const group of inOrder(items, (item) => openGroup(source, item))) {
      if (group === undefined) continue
      for await (const record of recordsOf(source, group)) {
        take(batch, record)
        if (batch.upsert.length < recordsPerBatch) continue
        yield { ...batch, pageToken: token, isLast: false }
        batch = emptyBatch()
      }
    }
    last = next ?? token
    yield { ...batch, pageToken: last, isLast: last === undefined }
  }
  if (last !== undefined) yield* readPresent('group', listed(ids), last)
}

/** Undefined for a group that was deleted since it was listed. */
async function openGroup(source: GoogleSource, group: Group): Promise<OpenGroup | undefined> {
  const { id } = group
  if (typeof id !== 'string' || id === '') throw new ConnectorError('protocol', 'Google lists a group without an id.')
  const rest = membersOf(source, id)
  try {
    const first = await rest.next()
    return first.done ? undefined : { record: toGroup(group, id), first: first.value, rest }
  } catch (error) {
    if (await isGone(source, id, error)) return undefined
    throw error
  }
}

async function* recordsOf(source: GoogleSource, group: OpenGroup): AsyncGenerator<SourceRecord | RecordProblem> {
  const { record } = group
  yield record
  if (!('kind' in record)) return
  try {
    for await (const { items } of pagesFrom(group)) {
      for await (const members of memberKeys(source, items)) {
        for (const member of members) yield { kind: 'membership', groupId: record.id, member }
      }
    }
  } catch (error) {
    if (!(await isGone(source, record.id, error))) throw error
    // A part of its members is no reason to take the others out.
    yield { ...record, members: 'unread' }
  }
}

async function* pagesFrom<Page>({ first, rest }: { first: Page; rest: AsyncIterable<Page> }): AsyncGenerator<Page> {
  yield first
  yield* rest
}
