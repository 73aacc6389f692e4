/** A poller in a process of its own, to be killed by a test: `DATABASE_URL`, and `ROOT_KEY` in base64. */
import { openDatabase } from '@muster/repository'
import { followLog } from '../../src/follow-log.ts'
import { createWorker } from '../../src/worker.ts'
import { quickPolicy } from './polling.ts'
import { testContext } from './task-context.ts'

const databaseUrl = process.env.DATABASE_URL ?? ''
const database = openDatabase({ url: databaseUrl })
const context = {
  ...testContext(database),
  rootKeys: [{ id: 'test', bytes: Buffer.from(process.env.ROOT_KEY ?? '', 'base64') }] as const,
  webhooks: { policy: { ...quickPolicy, claimSeconds: 2 }, logDays: 14 },
}
await createWorker({ ...context, databaseUrl, syncsAtOnce: 1, pollMilliseconds: 50 }).start()
followLog(context).start()
