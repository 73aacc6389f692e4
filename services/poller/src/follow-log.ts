import { type Follower, listBehind } from '@muster/repository'
import { lookRepeatedly } from '@muster/runtime/resting-loop'
import type { FollowerHandler, FollowerTable } from './follower-handler.ts'
import { followerTable } from './follower-table.ts'
import type { TaskContext } from './tasks/task-context.ts'

export interface LogFollowing {
  start(): void
  /** Looks no more, begins nothing more, and waits for what is under way. */
  stop(): Promise<void>
}

const followersAtOnce = 4
/** After a failure of a follower, twice as long with each. */
const backoff = { millisecondsMin: 250, millisecondsMax: 30_000 } as const

/**
 * Looks which followers the event log has gone on for, and has each served by the handler of its kind: several at once,
 * but never two of the same. One that fails is left alone for a while, and holds up nobody else.
 */
export function followLog(context: TaskContext, table: FollowerTable = followerTable): LogFollowing {
  const due = dueKinds(table)
  const queue = new FollowerQueue(async (follower) => table[follower.kind]?.run(context, follower), context.logger)
  let loop: ReturnType<typeof lookRepeatedly> | undefined
  return {
    start() {
      loop ??= lookRepeatedly(
        async () => {
          const kinds = due()
          if (kinds.length > 0) queue.add(await listBehind(context.database, kinds))
        },
        (err) => context.logger.warn({ err }, 'could not look who is behind the event log'),
      )
    },
    async stop() {
      await Promise.all([loop?.stop(), queue.close()])
    },
  }
}

/** Answers with the kinds to look at now. */
function dueKinds(table: FollowerTable): () => Follower['kind'][] {
  const lookedAt = new Map<string, number>()
  const kinds = Object.entries(table) as [Follower['kind'], FollowerHandler][]
  return () => {
    const now = performance.now()
    return kinds.flatMap(([kind, { restMilliseconds = 0 }]) => {
      if (now - (lookedAt.get(kind) ?? Number.NEGATIVE_INFINITY) < restMilliseconds) return []
      lookedAt.set(kind, now)
      return [kind]
    })
  }
}

/** The followers that wait for their turn, each once. */
class FollowerQueue {
  readonly #serve: (follower: Follower) => Promise<void>
  readonly #logger: TaskContext['logger']
  readonly #waiting = new Map<string, Follower>()
  readonly #underWay = new Map<string, Promise<void>>()
  readonly #failed = new Map<string, { times: number; until: number }>()
  #closed = false

  constructor(serve: (follower: Follower) => Promise<void>, logger: TaskContext['logger']) {
    this.#serve = serve
    this.#logger = logger
  }

  add(followers: readonly Follower[]): void {
    const now = performance.now()
    for (const follower of followers) {
      const key = keyOf(follower)
      if (!this.#underWay.has(key) && (this.#failed.get(key)?.until ?? 0) <= now) this.#waiting.set(key, follower)
    }
    this.#next()
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#waiting.clear()
    await Promise.all(this.#underWay.values())
  }

  #next(): void {
    for (const [key, follower] of this.#waiting) {
      if (this.#closed || this.#underWay.size >= followersAtOnce) return
      this.#waiting.delete(key)
      const served = this.#serveOne(key, follower).finally(() => {
        this.#underWay.delete(key)
        this.#next()
      })
      this.#underWay.set(key, served)
    }
  }

  async #serveOne(key: string, follower: Follower): Promise<void> {
    try {
      await this.#serve(follower)
      this.#failed.delete(key)
    } catch (err) {
      const times = (this.#failed.get(key)?.times ?? 0) + 1
      const milliseconds = Math.min(backoff.millisecondsMax, backoff.millisecondsMin * 2 ** (times - 1))
      this.#failed.set(key, { times, until: performance.now() + milliseconds })
      this.#logger.warn({ err, ...follower, times }, 'a follower of the event log could not be served')
    }
  }
}

/** Ids are unique over all organizations. */
function keyOf({ kind, followerId }: Follower): string {
  return `${kind} ${followerId}`
}
