import { createLogger } from '@muster/runtime/logger'
import { createOutbound } from '@muster/runtime/outbound/outbound'
import { entra } from '../../src/entra/definition.ts'

/** Reads the tenant of a configuration as a process of its own and says what it sent: `read-entra.ts <config>`. */
const config = JSON.parse(process.argv[2] ?? '{}')
const outbound = createOutbound({ allowedHosts: ['127.0.0.1'] })
const sent: { url: string; method: string; headers: object; body: string | undefined }[] = []
const connector = await entra.open(config, {
  outbound: {
    ...outbound,
    send: (url, call) => {
      sent.push({ url, method: call.method, headers: call.headers, body: call.body })
      return outbound.send(url, call)
    },
  },
  signal: new AbortController().signal,
  logger: createLogger({ service: 'test', level: 'silent' }),
  onThrottled: () => undefined,
})
let users = 0
for await (const { upsert } of connector.snapshot()) users += upsert.filter(({ kind }) => kind === 'user').length
await connector.close()
await outbound.close()
process.stdout.write(JSON.stringify({ users, sent }))
