import type {
  MemberKey,
  Page,
  RecordProblem,
  ResourceKey,
  SourceGroup,
  SourceMembership,
  SourceUser,
} from '@muster/connectors'
import type { StagedEdge, StagedPage, StagedProblem, StagedRecord } from '@muster/repository'
import { comparisonKey } from '@muster/runtime/comparison-key'
import { isStorable } from './canonical-json.ts'
import { fits, recordLimits } from './record-limits.ts'
import { isUsableId, toStagedRecord } from './staged-record.ts'

/** Shown of ids that cannot be kept. */
const shownCharacters = 100

/**
 * A page as it goes on the stage: folded keys, a hash of each content, each record and membership once. What is said to be gone
 * counts before what is there, and what was read before what was merely seen. A record that cannot be taken in becomes a problem,
 * and is still there.
 */
export function toStagedPage(page: Page, { throttledMilliseconds }: { throttledMilliseconds: number }): StagedPage {
  const staging = new Staging()
  for (const problem of page.problems ?? []) staging.problem(problem)
  for (const key of page.present ?? []) staging.see(key)
  for (const record of page.upsert) {
    if (record.kind === 'membership') staging.edge(record, 'upsert')
    else if (staging.isUsable(record)) staging.take(record)
  }
  for (const key of page.remove) {
    if (key.kind === 'membership') staging.edge(key, 'remove')
    else if (staging.isUsable(key)) staging.put({ kind: key.kind, sourceId: key.id, effect: 'remove' })
  }
  return {
    records: [...staging.records.values()],
    edges: [...staging.edges.values()],
    problems: staging.problems,
    checkpoint: page.checkpoint,
    complete: page.complete,
    throttledMilliseconds,
  }
}

class Staging {
  readonly records = new Map<string, StagedRecord>()
  readonly edges = new Map<string, StagedEdge>()
  readonly problems: StagedProblem[] = []

  put(record: StagedRecord): void {
    this.records.set(`${record.kind} ${record.sourceId}`, record)
  }

  see({ kind, id }: ResourceKey, references: readonly string[] = []): void {
    if (!this.isUsable({ kind, id })) return
    const referenceKeys = references.flatMap((reference) => usableReference(reference) ?? [])
    this.put({ kind, sourceId: id, effect: 'present', ...(referenceKeys.length > 0 && { referenceKeys }) })
  }

  take(record: SourceUser | SourceGroup): void {
    const { kind, id, references = [] } = record
    const staged = toStagedRecord(record)
    if ('effect' in staged) this.put(staged)
    else this.problem({ key: { kind, id }, code: staged.code, detail: staged.detail, references })
  }

  problem({ key, code, detail, references = [] }: RecordProblem): void {
    if (!this.isUsable(key)) return
    this.problems.push({ kind: key.kind, sourceId: key.id, code, detail: detail.toWellFormed().replaceAll('\0', '') })
    if (this.records.get(`${key.kind} ${key.id}`)?.effect !== 'upsert') this.see(key, references)
  }

  edge({ groupId, member }: SourceMembership, effect: StagedEdge['effect']): void {
    const memberKey = usableMember(member)
    if (!isUsableId(groupId) || memberKey === undefined) {
      const id = isUsableId(groupId) ? groupId : String(groupId)
      const detail = 'A membership names its group or its member by a text that cannot be kept.'
      this.problems.push({ kind: 'membership', sourceId: shown(id), code: 'idNotUsable', detail })
      return
    }
    const byReference = 'reference' in member
    const edge: StagedEdge = { groupSourceId: groupId, memberKey, byReference, effect }
    this.edges.set(JSON.stringify([groupId, memberKey, byReference]), edge)
  }

  /** Says so when it is not: without an id nothing can be kept of a record. */
  isUsable(key: ResourceKey): boolean {
    const isUsable = isUsableId(key.id)
    if (!isUsable) this.#unusable(key)
    return isUsable
  }

  #unusable({ kind, id }: ResourceKey): void {
    const detail = `It has no id of 1 to ${recordLimits.idBytes} bytes that can be kept.`
    this.problems.push({ kind, sourceId: shown(String(id)), code: 'idNotUsable', detail })
  }
}

function usableMember(member: MemberKey): string | undefined {
  if ('id' in member) return isUsableId(member.id) ? member.id : undefined
  return usableReference(member.reference)
}

function usableReference(reference: string): string | undefined {
  const isUsable = reference !== '' && isStorable(reference) && fits(reference, recordLimits.referenceBytes)
  return isUsable ? comparisonKey(reference) : undefined
}

function shown(id: string): string {
  return id.toWellFormed().replaceAll('\0', '').slice(0, shownCharacters).toWellFormed()
}
