import type { Follower } from '@muster/repository'
import type { TaskContext } from './tasks/task-context.ts'

export interface FollowerHandler {
  /** Between two looks at the followers of the kind, at least; left out: as often as the loop looks. */
  restMilliseconds?: number
  /**
   * Does what a follower that the log has gone on for has to do, by `advanceFollower`. Called again until it has caught
   * up; may be called for one that somebody else works for.
   */
  run(context: TaskContext, follower: Follower): Promise<void>
}

export type FollowerTable = Readonly<Partial<Record<Follower['kind'], FollowerHandler>>>
