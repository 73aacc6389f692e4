import type { FollowerTable } from './follower-handler.ts'
import { afterCreate } from './hooks/tell-after-create.ts'
import { tally } from './tally.ts'
import { webhook } from './webhooks/webhook.ts'

/** What is done for each kind of follower of the event log. */
export const followerTable: FollowerTable = { after_create: afterCreate, tally, webhook }
