/** The same handlers, called by webhooks. */
import { $ } from '@muster/sdk'
import { expressHandler } from '@muster/sdk/express'
import express from 'express'
import { connect, listening, receiverUrl, say, untilStopped } from '../config.ts'
import './handlers.ts'

const client = connect()

// An application does this once, and keeps the secret; the example takes its endpoint away again.
const types = [$.Directory.group.userAdded, $.Directory.group.userRemoved]
const { id, secret } = await $.Webhook.create({ url: receiverUrl, types })
untilStopped(() => $.Webhook.delete(id))

const app = express()
app.post('/muster', expressHandler(client.handler({ secrets: [secret] })))
app.listen(listening.port, listening.host, () => say(`listening on ${receiverUrl}`))
