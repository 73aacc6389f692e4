import type { Page, RecordProblem, ResourceKey, SourceKey, SourceRecord } from '@muster/connectors'
import { changedGroups, type GroupReading } from './group-reading.ts'
import { enterPhase, type Phase, type Position, writeCheckpoint } from './position.ts'
import type { ScriptedUser, SourceState } from './source-state.ts'

/** What is read of a source in one go, before it is a page. */
export interface Reading {
  upsert: SourceRecord[]
  remove: SourceKey[]
  present: ResourceKey[]
  problems: RecordProblem[]
  /** Where the round goes on; none behind its last page. */
  next: Position | undefined
}

/** Reads what comes at a position. */
export function readAt(state: SourceState, position: Position): Reading {
  const reading: Reading = { upsert: [], remove: [], present: [], problems: [], next: undefined }
  const rest = readPhase[position.phase](state, position, reading)
  const phase = phaseBehind(state, position)
  const { edge: _, ...place } = position
  const counted = { ...place, page: position.page + 1, pageOfPhase: position.pageOfPhase + 1 }
  if (rest !== undefined) reading.next = { ...counted, ...rest }
  else if (phase !== undefined) reading.next = enterPhase(counted, phase)
  return reading
}

/** The page of a reading, with the checkpoint behind it. */
export function asPage(state: SourceState, position: Position, { next, ...records }: Reading): Page {
  const { epoch, started, round } = position
  if (next !== undefined) return { ...records, checkpoint: writeCheckpoint(next) }
  const complete = round === 'snapshot' || state.settings.delta === 'sweep' ? 'all' : 'changes'
  return { ...records, checkpoint: writeCheckpoint({ epoch, next: started }), complete }
}

type Rest = Pick<Position, 'after' | 'edge'> | undefined

/** Each adds a page of its phase to the reading, and returns where it goes on, when it is not at its end. */
const readPhase: Record<Phase, (state: SourceState, position: Position, into: Reading) => Rest> = {
  users(state, position, into) {
    const users = new Map(state.users.map((user) => [user.id, user]))
    const ids = position.round === 'snapshot' ? [...users.keys()] : changedIds(state, position.since, 'user')
    return slice(state, ids, position.after, (id) => {
      const user = users.get(id)
      if (user !== undefined) addUser(user, into)
      else if (state.settings.delta === 'removals') into.remove.push({ kind: 'user', id })
    })
  },
  groups(state, position, into) {
    const ids =
      position.round === 'snapshot' ? state.groups.map((group) => group.id) : changedIds(state, position.since, 'group')
    return addGroups(state, position, changedGroups(state, position, ids), into)
  },
  sweep(state, position, into) {
    const keys = [...state.users.map((user) => `user ${user.id}`), ...state.groups.map((group) => `group ${group.id}`)]
    return slice(state, keys.sort(), position.after, (key) => {
      const [kind, id] = key.split(/ (.*)/s) as ['user' | 'group', string]
      into.present.push({ kind, id })
    })
  },
}

function phaseBehind(state: SourceState, { phase, round }: Position): Phase | undefined {
  if (phase === 'users') return 'groups'
  return phase === 'groups' && round === 'delta' && state.settings.delta === 'sweep' ? 'sweep' : undefined
}

function changedIds(state: SourceState, since: number, kind: 'user' | 'group'): string[] {
  const changed = state.journal.filter((entry) => entry.sequence > since && entry.kind === kind)
  return [...new Set(changed.map((entry) => entry.id))].sort()
}

function slice(state: SourceState, ids: readonly string[], after: string, add: (id: string) => void): Rest {
  const left = ids.filter((id) => id > after)
  const some = left.slice(0, state.settings.pageSize)
  some.forEach(add)
  return left.length > some.length ? { after: some.at(-1) ?? after } : undefined
}

function addUser(user: ScriptedUser, into: Reading): void {
  const { id, userName, displayName, references, active = true, attributes = {} } = user
  if (userName === undefined) {
    const detail = 'The user has no name to log in by.'
    into.problems.push({ key: { kind: 'user', id }, code: 'userNameMissing', detail })
    return
  }
  const addresses = user.emails ?? (userName.includes('@') ? [userName] : [])
  into.upsert.push({
    kind: 'user',
    id,
    userName,
    active,
    emails: addresses.map((value) => ({ value })),
    attributes: {
      userName,
      active,
      ...(displayName === undefined ? {} : { displayName }),
      emails: addresses,
      ...attributes,
    },
    ...(displayName === undefined ? {} : { displayName }),
    ...(references === undefined ? {} : { references }),
  })
}

function addGroups(state: SourceState, position: Position, groups: readonly GroupReading[], into: Reading): Rest {
  let room = state.settings.pageSize
  let last = position.after
  for (const { id, record, edges } of groups) {
    const resumed = id === position.after
    if (!resumed && room <= 0) return { after: last }
    if (!resumed) {
      if (record !== undefined) into.upsert.push(record)
      else if (state.settings.delta === 'removals') into.remove.push({ kind: 'group', id })
      room -= 1
    }
    const left = resumed ? edges.filter((edge) => edge.text > (position.edge ?? '')) : edges
    const some = left.slice(0, Math.max(room, 0))
    for (const { membership, gone } of some) {
      if (gone) into.remove.push(membership)
      else into.upsert.push(membership)
    }
    room -= some.length
    if (left.length > some.length) return { after: id, edge: some.at(-1)?.text ?? '' }
    last = id
  }
  return undefined
}
