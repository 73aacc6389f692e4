import { createLogger } from '@muster/runtime/logger'
import { createOutbound, type Outbound, type OutboundCall } from '@muster/runtime/outbound/outbound'
import { type FakeIdentityStoreOptions, startFakeIdentityStore } from '@muster/testkit/fake-identity-store'
import type { Test } from 'tap'
import type { AwsConfig } from '../../src/aws/config.ts'
import { aws } from '../../src/aws/definition.ts'
import type { Connector } from '../../src/connector.ts'

/** A request to the store, and what came of it. */
export interface Exchange {
  call: OutboundCall
  url: string
  status: number
  body: string
}

/** A fake store, and connectors that wait no time for it. */
export async function openStore(t: Test, options: FakeIdentityStoreOptions = {}) {
  const store = await startFakeIdentityStore(options)
  const outbound = createOutbound({ allowedHosts: [store.host] })
  t.teardown(async () => {
    await outbound.close()
    await store.close()
  })
  const exchanges: Exchange[] = []
  const send: Outbound['send'] = async (url, call) => {
    const answer = await outbound.send(url, call)
    exchanges.push({ call, url, status: answer.status, body: answer.body })
    return answer
  }
  const waits: number[] = []
  const open = async (config: Partial<AwsConfig> = {}): Promise<Connector> => {
    const whole = { ...store.config, ...config }
    aws.assertConfig?.(whole)
    const connector = await aws.open(whole, {
      outbound: { ...outbound, send },
      signal: new AbortController().signal,
      logger: createLogger({ service: 'test', level: 'silent' }),
      onThrottled: () => undefined,
      wait: async (milliseconds) => void waits.push(milliseconds),
    })
    t.teardown(() => connector.close())
    return connector
  }
  return { store, directory: store.directory, open, exchanges, waits }
}
