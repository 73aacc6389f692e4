import { fanOut } from '@muster/repository'
import type { FollowerHandler } from '../follower-handler.ts'

/** Turns events into deliveries, and has those delivered by the queue. */
export const webhook: FollowerHandler = {
  run: async ({ database }, follower) => {
    await fanOut(database, follower)
  },
}
