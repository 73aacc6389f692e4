import { createHash } from 'node:crypto'
import { comparisonKey } from '@muster/runtime/comparison-key'
import { newUuid } from '@muster/runtime/type-ids'
import type { JsonObject } from '@muster/scim'
import {
  applyNext,
  type ClaimedRun,
  claimRun,
  createDirectory,
  type Database,
  dropStage,
  finishRun,
  giveRunBack,
  judgeRun,
  type OrganizationScope,
  planRun,
  planUndo,
  releaseNext,
  requestRun,
  requestUndo,
  type StagedEdge,
  type StagedPage,
  type StagedRecord,
  setDirectoryPaused,
  stagePage,
  transact,
  undoNext,
} from '../../src/index.ts'
import { cause } from './directory.ts'

/** What a made-up source has; members are ids, or references with a leading `=`. */
export interface MadeUpUser {
  id: string
  userName?: string
  active?: boolean
  references?: readonly string[]
  attributes?: JsonObject
}

export interface MadeUpGroup {
  id: string
  name?: string
  references?: readonly string[]
  members?: readonly string[]
  /** As of SourceGroup. */
  read?: 'complete' | 'changes' | 'unread'
}

export interface MadeUpSource {
  users: readonly MadeUpUser[]
  groups?: readonly MadeUpGroup[]
  /** Told to be gone. */
  removed?: readonly { kind: 'user' | 'group'; id: string }[]
  /** Seen, or read and not taken in: that one has references. */
  present?: readonly { kind: 'user' | 'group'; id: string; references?: readonly string[] }[]
  removedEdges?: readonly (readonly [groupId: string, member: string])[]
}

export function stageUser({
  id,
  userName = id,
  active = true,
  references = [],
  attributes = {},
}: MadeUpUser): StagedRecord {
  const document = { uid: userName, mail: `${userName}@example.test`, sn: userName, ...attributes }
  const said = { userName, active, emails: [{ value: String(document.mail) }], attributes: document }
  const referenceKeys = references.map(comparisonKey)
  const hash = hashOf({ said, references })
  return { kind: 'user', sourceId: id, effect: 'upsert', hash, nameKey: comparisonKey(userName), referenceKeys, said }
}

export function stageGroup({ id, name = id, references = [], read = 'complete' }: MadeUpGroup): StagedRecord {
  const said = { name, members: read, attributes: { cn: name } }
  const hash = hashOf({ name, references })
  return { kind: 'group', sourceId: id, effect: 'upsert', hash, referenceKeys: references.map(comparisonKey), said }
}

export function stageEdge(groupId: string, member: string, effect: StagedEdge['effect'] = 'upsert'): StagedEdge {
  const byReference = member.startsWith('=')
  const memberKey = byReference ? comparisonKey(member.slice(1)) : member
  return { groupSourceId: groupId, effect, memberKey, byReference }
}

function hashOf(value: unknown): string {
  const hex = createHash('sha256').update(JSON.stringify(value)).digest('hex')
  return hex.slice(0, 32).replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
}

/** Pages of so many records and edges; the last one is complete. */
export function pagesOf(source: MadeUpSource, complete: 'all' | 'changes' = 'all', rows = 1_000): StagedPage[] {
  const { users, groups = [], removed = [], present = [], removedEdges = [] } = source
  const records: StagedRecord[] = [
    ...users.map(stageUser),
    ...groups.map(stageGroup),
    ...removed.map(({ kind, id }) => ({ kind, sourceId: id, effect: 'remove' as const })),
    ...present.map(({ kind, id, references }) => ({
      ...{ kind, sourceId: id, effect: 'present' as const },
      ...(references && { referenceKeys: references.map(comparisonKey) }),
    })),
  ]
  const edges = [
    ...groups.flatMap(({ id, members = [] }) => members.map((member) => stageEdge(id, member))),
    ...removedEdges.map(([groupId, member]) => stageEdge(groupId, member, 'remove')),
  ]
  const count = Math.max(1, Math.ceil(records.length / rows), Math.ceil(edges.length / rows))
  return Array.from({ length: count }, (_, index) => ({
    records: records.slice(index * rows, (index + 1) * rows),
    edges: edges.slice(index * rows, (index + 1) * rows),
    problems: [],
    checkpoint: `page ${index + 1}`,
    complete: index === count - 1 ? complete : undefined,
    throttledMilliseconds: 0,
  }))
}

/** A directory that is read, from a source that a test makes up. */
export async function addPolledDirectory(database: Database, scope: OrganizationScope): Promise<PolledDirectory> {
  const draft = { name: `Polled ${newUuid()}`, type: 'LDAP', scimProfile: 'compatible' } as const
  const { directoryId } = await transact(database, scope, cause, (tx) => createDirectory(tx, draft))
  return new PolledDirectory(database, scope, directoryId)
}

export class PolledDirectory {
  readonly directoryId: string
  readonly #database: Database
  readonly #scope: OrganizationScope

  constructor(database: Database, scope: OrganizationScope, directoryId: string) {
    this.#database = database
    this.#scope = scope
    this.directoryId = directoryId
  }

  /** Takes a run, and puts everything on its stage. */
  async read(source: MadeUpSource, options: SyncOptions = {}): Promise<ClaimedRun> {
    const { scan = 'full', purpose = 'sync', rows } = options
    await transact(this.#database, this.#scope, cause, (tx) =>
      requestRun(tx, this.directoryId, { purpose, occasion: 'manual', ...(scan === 'full' && { scan }) }),
    )
    const { organizationId } = this.#scope
    const claimed = await claimRun(
      this.#database,
      { organizationId, directoryId: this.directoryId },
      { leaseSeconds: 60 },
    )
    if (claimed === undefined) throw new Error('The directory is not to be had')
    for (const page of pagesOf(source, scan === 'full' ? 'all' : 'changes', rows)) {
      await stagePage(this.#database, claimed.lease, page)
    }
    return claimed
  }

  /** Everything behind reading. */
  async apply({ lease }: ClaimedRun): Promise<void> {
    const outcome = await planRun(this.#database, lease)
    if (outcome !== 'planned') throw new Error('Everything must be read')
    while (await applyNext(this.#database, lease));
    await judgeRun(this.#database, lease)
    while (await releaseNext(this.#database, lease));
    await finishRun(this.#database, lease, { dueInSeconds: 3_600 })
    await dropStage(this.#database, lease.scope, lease.runId)
  }

  async sync(source: MadeUpSource, options: SyncOptions = {}): Promise<string> {
    const claimed = await this.read(source, options)
    await this.apply(claimed)
    return claimed.lease.runId
  }

  /** What a sync of the source would do; what was read stays. */
  async plan(source: MadeUpSource): Promise<string> {
    const { lease } = await this.read(source, { purpose: 'plan' })
    await planRun(this.#database, lease)
    await finishRun(this.#database, lease, { dueInSeconds: 3_600 })
    return lease.runId
  }

  /** Has a run taken back, with the directory paused; `batches`: how many pieces are done, for somebody else to go on. */
  async undo(runId: string, { batches = Number.POSITIVE_INFINITY } = {}): Promise<string> {
    const { organizationId } = this.#scope
    const requested = await transact(this.#database, this.#scope, cause, (tx) => requestUndo(tx, runId))
    const of = { organizationId, directoryId: this.directoryId }
    const claimed = await claimRun(this.#database, of, { leaseSeconds: 60 })
    if (requested === undefined || claimed === undefined) throw new Error('The run is not to be undone')
    const { lease } = claimed
    await planUndo(this.#database, lease)
    for (let done = 0; done < batches; done += 1) {
      if (await undoNext(this.#database, lease)) continue
      await finishRun(this.#database, lease, { dueInSeconds: 3_600 })
      return lease.runId
    }
    await giveRunBack(this.#database, lease)
    return lease.runId
  }

  /** As an administrator does who has looked into it. */
  async resume(): Promise<void> {
    await transact(this.#database, this.#scope, cause, (tx) => setDirectoryPaused(tx, this.directoryId, false))
  }
}

interface SyncOptions {
  scan?: 'full' | 'delta'
  purpose?: 'sync' | 'plan'
  /** Of a page. */
  rows?: number
}
