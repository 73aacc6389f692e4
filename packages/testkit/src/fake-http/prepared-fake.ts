import { setTimeout as wait } from 'node:timers/promises'
import type { AccessFailure, PreparedSource, SourceFaultName, SubjectConfig } from '@muster/connectors/conformance'
import { createOutbound } from '@muster/runtime/outbound/outbound'
import type { FakeDirectory } from '../fake-directory/index.ts'
import type { FakeFault } from './fake-fault.ts'
import type { FakeHttp } from './fake-http.ts'

/** What a fake source does instead of answering, wherever that is. */
export type Deed = Omit<FakeFault, 'at'>

interface FakeSource extends Pick<FakeHttp, 'script' | 'struck' | 'requestsOpen' | 'close'> {
  directory: FakeDirectory
}

interface PreparedFake {
  config: SubjectConfig
  faultPlaces: number
  /** How the source shows faults; one that is not here changes something else, or is not shown. */
  deeds: Partial<Record<SourceFaultName, Deed>>
  /** What of the configuration is wrong then, having arranged at the source for what is not. */
  failing(access: AccessFailure): SubjectConfig
}

/** A fake source as the connector conformance suite wants one. It is closed with what is answered here. */
export function preparedFake(fake: FakeSource, { config, faultPlaces, deeds, failing }: PreparedFake): PreparedSource {
  const outbound = createOutbound({ allowedHosts: ['127.0.0.1'] })
  return {
    config,
    outbound,
    faultPlaces,
    change: async (changes) => changes.forEach(fake.directory.apply),
    inject: async (fault, at) => {
      const deed = deeds[fault]
      await fake.script(deed && { ...deed, at })
      return {
        struck: async () => {
          while (fake.struck() === 0) await wait(5)
        },
      }
    },
    heal: () => fake.script(),
    failing: async (access) => ({ ...config, ...failing(access) }),
    connectionsOpen: fake.requestsOpen,
    close: async () => {
      await outbound.close()
      await fake.close()
    },
  }
}
