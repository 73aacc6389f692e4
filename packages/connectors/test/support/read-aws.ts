/** A process of its own that reads a store: prints how many users there are, and the headers that it sent. */

import { createLogger } from '@muster/runtime/logger'
import { createOutbound } from '@muster/runtime/outbound/outbound'
import { aws } from '../../src/aws/definition.ts'

const sent: Record<string, string>[] = []
const outbound = createOutbound({ allowedHosts: ['127.0.0.1'] })
const connector = await aws.open(JSON.parse(process.argv[2] ?? ''), {
  outbound: {
    ...outbound,
    send: (url, call) => {
      sent.push({ ...call.headers })
      return outbound.send(url, call)
    },
  },
  signal: new AbortController().signal,
  logger: createLogger({ service: 'test', level: 'silent' }),
  onThrottled: () => undefined,
})
const { userCount } = await connector.check()
process.stdout.write(JSON.stringify({ users: userCount, sent }))
await connector.close()
await outbound.close()
