/** Asked before people are created, by a hook, and told what becomes of them, by the log. */
import { $ } from '@muster/sdk'
import { fastifyReceiver } from '@muster/sdk/fastify'
import { fileCheckpoint } from '@muster/sdk/node'
import Fastify from 'fastify'
import { connect, listening, receiverUrl, say, stateFolder, untilStopped } from '../config.ts'
import './handlers.ts'

const client = connect()

// An application does this once, and keeps the secret; the example takes its hook away again.
const { id, secret } = await $.Hook.create({ kind: 'before_create', url: receiverUrl, policy: 'hold' })

const app = Fastify()
app.register(fastifyReceiver, { path: '/muster', receiver: client.handler({ secrets: [secret] }) })
await app.listen(listening)

const consumer = client.consume({
  checkpoint: fileCheckpoint(`${stateFolder()}/onboarding.checkpoint`),
  start: 'now',
  live: 'stream',
})
untilStopped(() => Promise.all([$.Hook.delete(id), consumer.stop(), app.close()]))
say(`listening on ${receiverUrl}`)
await consumer.finished
