import type { Api, Query } from '../api/api.ts'
import type { Group, User } from '../generated/events.ts'
import { linesOf } from './lines.ts'

/** All groups and people of an organization as they were at one moment of its log. */
export interface Snapshot {
  /** The last event that is in it. */
  sequence: number
  /** Groups and people are read from one stream, groups first: groups are kept in memory while people are read before. */
  groups: AsyncIterable<Group>
  users: AsyncIterable<User>
}

export interface OpenSnapshot extends Snapshot {
  /** Reads what nobody did. @throws when the stream ended before its end */
  finish(): Promise<void>
  close(): Promise<void>
}

type Line =
  | { kind: 'start'; sequence: number }
  | { kind: 'group'; group: Group }
  | { kind: 'user'; user: User }
  | { kind: 'end'; users: number; groups: number }

/** @throws `MusterApiError` */
export async function openSnapshot(api: Api, query: Query, signal?: AbortSignal): Promise<OpenSnapshot> {
  const response = await api.open({ path: '/api/events/snapshot', query, accept: 'application/x-ndjson', signal })
  const lines = linesOf(response.body)
  const first = parseLine(await lines.next())
  if (first?.kind !== 'start') throw new Error('The snapshot does not begin with its start')
  const pump = createPump(lines)
  return {
    sequence: first.sequence,
    groups: { [Symbol.asyncIterator]: () => pump.take(pump.groups) },
    users: { [Symbol.asyncIterator]: () => pump.take(pump.users) },
    finish: async () => {
      while (await pump.read()) {
        pump.groups.waiting.length = 0
        pump.users.waiting.length = 0
      }
    },
    close: async () => {
      await lines.return(undefined)
    },
  }
}

/** The largest number that `after` may be. */
const behindEverything = 999_999_999_999_999

/** The number of the last event there is. */
export async function findHead(api: Api, query: Query, signal?: AbortSignal): Promise<number> {
  const asked = { path: '/api/events', query: { ...query, after: behindEverything, limit: 1 }, signal }
  const { lastSequence } = await api.send<{ lastSequence: number }>(asked)
  return lastSequence
}

interface Shelf<T> {
  waiting: T[]
  count: number
}

/** Reads line by line and puts each on its shelf, from which two readers take, whichever comes first. */
function createPump(lines: AsyncGenerator<string>) {
  const groups: Shelf<Group> = { waiting: [], count: 0 }
  const users: Shelf<User> = { waiting: [], count: 0 }
  let ended = false

  function put<T>(shelf: Shelf<T>, item: T): void {
    shelf.waiting.push(item)
    shelf.count++
  }

  /** False behind the last line. */
  async function read(): Promise<boolean> {
    if (ended) return false
    const line = parseLine(await lines.next())
    if (line === undefined) throw new Error('The snapshot broke off before its end')
    if (line.kind === 'group') put(groups, line.group)
    if (line.kind === 'user') put(users, line.user)
    if (line.kind === 'end') {
      if (line.users !== users.count || line.groups !== groups.count) throw new Error('The snapshot is not whole')
      ended = true
    }
    return !ended
  }

  async function* take<T>(shelf: Shelf<T>): AsyncGenerator<T> {
    for (;;) {
      const item = shelf.waiting.shift()
      if (item !== undefined) yield item
      // Groups come first: behind a person there are none.
      else if (shelf.waiting === (groups.waiting as unknown[]) && users.count > 0) return
      else if (!(await read()) && shelf.waiting.length === 0) return
    }
  }

  return { groups, users, read, take }
}

function parseLine({ done, value }: IteratorResult<string, unknown>): Line | undefined {
  return done ? undefined : JSON.parse(String(value))
}
