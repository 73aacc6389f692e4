import type { Connector } from '../../src/connector.ts'
import type { Checkpoint, Page, RecordProblem } from '../../src/page.ts'
import type { ResourceKey, SourceGroup, SourceKey, SourceMembership, SourceUser } from '../../src/source-record.ts'

/** What a round said, in order: whoever came twice is in it twice. */
export interface Heard {
  pages: Page[]
  users: SourceUser[]
  groups: SourceGroup[]
  edges: SourceMembership[]
  /** Ids or references of members by the id of the group. */
  members: Map<string, string[]>
  removed: SourceKey[]
  present: ResourceKey[]
  problems: RecordProblem[]
  /** What the last page says. */
  complete: Page['complete']
  checkpoint: Checkpoint
}

/** Reads a round to its end. */
export async function hear(round: AsyncIterable<Page>): Promise<Heard> {
  const pages: Page[] = []
  for await (const page of round) pages.push(page)
  const last = pages.at(-1)
  if (last === undefined) throw new Error('there was no page')
  const records = pages.flatMap((page) => page.upsert)
  const edges = records.filter((record) => record.kind === 'membership')
  const members = new Map<string, string[]>()
  for (const { groupId, member } of edges) {
    const known = members.get(groupId) ?? []
    known.push('id' in member ? member.id : member.reference)
    members.set(groupId, known)
  }
  return {
    pages,
    users: records.filter((record) => record.kind === 'user'),
    groups: records.filter((record) => record.kind === 'group'),
    edges,
    members,
    removed: pages.flatMap((page) => page.remove),
    present: pages.flatMap((page) => page.present ?? []),
    problems: pages.flatMap((page) => page.problems ?? []),
    complete: last.complete,
    checkpoint: last.checkpoint,
  }
}

/** Reads what has changed since a checkpoint. */
export function hearDelta(connector: Connector, since: Checkpoint | undefined): Promise<Heard> {
  if (connector.delta === undefined || since === undefined) throw new Error('there is no delta')
  return hear(connector.delta(since))
}

/** What was said last of somebody. */
export function lastOf<Record extends { id: string }>(records: readonly Record[], id: string): Record | undefined {
  return records.findLast((record) => record.id === id)
}
