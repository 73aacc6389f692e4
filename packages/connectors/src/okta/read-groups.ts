import { recordsPerBatch } from '../batch.ts'
import { ConnectorError } from '../connector-error.ts'
import { inOrder } from '../http/in-order.ts'
import type { SourceGroup, SourceRecord } from '../source-record.ts'
import { recordIn } from './document.ts'
import { OktaNotFound } from './failures.ts'
import { groupRecord, isEveryone } from './group-record.ts'
import { type ListPage, listPages, listPath } from './list-pages.ts'
import type { OktaSession } from './okta-session.ts'
import type { OktaSource } from './okta-source.ts'
import { emptyStep, type Step } from './step.ts'

const path = '/api/v1/groups'
/** A page of groups is read with all their members before it counts as read. */
const groupsPerPage = 50

/** All groups with all their members. */
export async function* readGroups(source: OktaSource, at?: string): AsyncGenerator<Step> {
  let listed = 0
  for await (const page of groupPages(source, {}, at)) {
    listed += page.records.length
    yield* withMembers(source, page)
  }
  if (listed === 0 && at === undefined) throw noGroups()
}

/** Groups of which something has changed since a time, with all their members. */
export async function* readChangedGroups(source: OktaSource, since: string, at?: string): AsyncGenerator<Step> {
  const filter = `lastUpdated gt "${since}" or lastMembershipUpdated gt "${since}"`
  for await (const page of groupPages(source, { filter }, at)) yield* withMembers(source, page)
}

export function groupPages(source: OktaSource, query: { filter?: string }, at?: string): AsyncGenerator<ListPage> {
  const limit = Math.min(groupsPerPage, source.pageSize)
  return listPages(source.session, listPath(path, { ...query, limit }), at)
}

/** Every organization has groups: Everyone is one that nobody can delete. */
export function noGroups(): ConnectorError {
  return new ConnectorError('permission', 'Okta lists no group, not even that of everyone: the account may see none.')
}

export function membersPath(groupId: string, limit: number): string {
  return listPath(`${path}/${encodeURIComponent(groupId)}/users`, { limit })
}

async function* withMembers(source: OktaSource, page: ListPage): AsyncGenerator<Step> {
  let batch = emptyStep(page.path)
  const groups: SourceGroup[] = []
  for (const { id, document } of page.records.map(recordIn)) {
    if (isEveryone(document) && source.config.includeEveryone !== true) continue
    const group = groupRecord(id, document)
    if ('kind' in group) groups.push(group)
    else batch.problems.push(group)
  }
  for await (const opened of inOrder(groups, (group) => openMembers(source, group))) {
    for await (const records of opened) {
      for (const record of records) {
        batch.upsert.push(record)
        if (batch.upsert.length < recordsPerBatch) continue
        yield batch
        batch = emptyStep(page.path)
      }
    }
  }
  yield { ...batch, at: page.next ?? page.path }
}

/**
 * A group and its members page by page, the first of which is read by now: that is all for most. Nothing of a group that
 * was deleted meanwhile.
 * @throws ConnectorError `permission` when the group is there and its members are not shown
 */
async function openMembers(
  { session, pageSize }: OktaSource,
  group: SourceGroup,
): Promise<AsyncIterable<SourceRecord[]>> {
  const pages = listPages(session, membersPath(group.id, pageSize))
  const first = await pages.next().catch((error: unknown) => {
    if (!(error instanceof OktaNotFound)) throw error
    return assertGone(session, group.id)
  })
  return membersFrom(group, first?.done === true ? undefined : first?.value, pages)
}

/** Who is left out has left: that a group is gone, it has to say itself. */
async function assertGone(session: OktaSession, groupId: string): Promise<undefined> {
  const found = await session.ask(`${path}/${encodeURIComponent(groupId)}`).catch((error: unknown) => {
    if (error instanceof OktaNotFound) return undefined
    throw error
  })
  if (found !== undefined) throw new ConnectorError('permission', 'Okta shows a group, and not who is in it.')
}

async function* membersFrom(
  group: SourceGroup,
  first: ListPage | undefined,
  more: AsyncIterable<ListPage>,
): AsyncGenerator<SourceRecord[]> {
  if (first === undefined) return
  const edges = ({ records }: ListPage): SourceRecord[] =>
    records.map((user) => ({ kind: 'membership', groupId: group.id, member: { id: recordIn(user).id } }))
  yield [group, ...edges(first)]
  try {
    for await (const page of more) yield edges(page)
  } catch (error) {
    if (!(error instanceof OktaNotFound)) throw error
    throw new ConnectorError('interrupted', 'A group was deleted while its members were read.')
  }
}
