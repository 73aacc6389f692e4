/**
 * A poller in a process of its own that reads directories from files, to be killed by a test: `DATABASE_URL`, `ROOT_KEY` in base64, and
 * `SOURCE_FILE`, whose name goes on with the host of each configuration.
 */
import { openDatabase } from '@muster/repository'
import { scriptedDefinition } from '@muster/testkit/scripted-source'
import { watchDue } from '../../src/syncs/watch-due.ts'
import { createWorker } from '../../src/worker.ts'
import { testContext } from './task-context.ts'

const databaseUrl = process.env.DATABASE_URL ?? ''
const database = openDatabase({ url: databaseUrl })
const context = {
  ...testContext(database),
  rootKeys: [{ id: 'test', bytes: Buffer.from(process.env.ROOT_KEY ?? '', 'base64') }] as const,
  connectors: { LDAP: scriptedDefinition({ file: (host) => `${process.env.SOURCE_FILE}-${host}` }) },
}
const worker = createWorker({ ...context, databaseUrl, syncsAtOnce: 2, leaseSeconds: 6, pollMilliseconds: 50 })
await worker.start()
watchDue(context).start()
process.on('SIGTERM', () => void worker.stop().then(() => process.exit()))
