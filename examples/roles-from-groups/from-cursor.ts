/** The handlers, called from the log: for who cannot, or does not want to, receive webhooks. */
import { fileCheckpoint } from '@muster/sdk/node'
import { connect, say, stateFolder, untilStopped } from '../config.ts'
import './handlers.ts'

const consumer = connect().consume({
  checkpoint: fileCheckpoint(`${stateFolder()}/roles-from-groups.checkpoint`),
  live: 'stream',
})
untilStopped(consumer.stop)
say('following the log')
await consumer.finished
