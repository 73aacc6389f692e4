import { tallyLog } from '@muster/repository'
import type { FollowerHandler } from './follower-handler.ts'

/** Counts events for analytics. Nobody waits for it: who asks for numbers counts what is missing (`tallyNow`). */
export const tally: FollowerHandler = {
  restMilliseconds: 5_000,
  run: async ({ database }, follower) => {
    await tallyLog(database, follower)
  },
}
