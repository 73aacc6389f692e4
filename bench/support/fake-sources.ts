import type { ConnectorType } from '@muster/connectors'
import type { FakeDirectory } from '@muster/testkit/fake-directory'
import { startFakeGoogle } from '@muster/testkit/fake-google'
import { startFakeGraph } from '@muster/testkit/fake-graph'
import { startFakeIdentityStore } from '@muster/testkit/fake-identity-store'
import { startFakeOkta } from '@muster/testkit/fake-okta'

/** How a source limits requests: every so many are refused, and it may say for how long. */
export interface Throttling {
  throttleEvery?: number
  retryAfterSeconds?: number
}

/** A source over HTTP, as a connector and a bench see it. */
export interface FakeSource {
  config: Record<string, unknown>
  directory: FakeDirectory
  asked: readonly string[]
  close(): Promise<void>
}

/** The sources over HTTP, each as its vendor answers. `says`: what it says of how long to wait. */
export const fakeSources: Partial<
  Record<ConnectorType, { says: 'seconds' | 'reset' | 'nothing'; start(throttling: Throttling): Promise<FakeSource> }>
> = {
  AWS_DIRECTORY: {
    says: 'seconds',
    start: async (throttling) => seen(await startFakeIdentityStore(throttling)),
  },
  AZURE_AD: { says: 'seconds', start: async (throttling) => seen(await startFakeGraph(throttling)) },
  GOOGLE_WORKSPACE: {
    says: 'nothing',
    start: async ({ throttleEvery }) => seen(await startFakeGoogle({ ...(throttleEvery && { throttleEvery }) })),
  },
  OKTA: {
    says: 'reset',
    start: async ({ throttleEvery }) => seen(await startFakeOkta({ ...(throttleEvery && { throttleEvery }) })),
  },
}

function seen(source: Omit<FakeSource, 'config'> & { config: object }): FakeSource {
  return { ...source, config: { ...source.config } }
}

/** Users of one domain, and groups of some of them. */
export function fill(
  directory: FakeDirectory,
  { users, groups, members }: Record<'users' | 'groups' | 'members', number>,
): void {
  const ids = Array.from({ length: users }, (_, index) => {
    return directory.addUser({ userName: `user-${index}@acme.test`, displayName: `User ${index}` }).id
  })
  for (let group = 0; group < groups; group++) {
    const of = Array.from({ length: members }, (_, index) => ids[(group * members + index) % users] ?? '')
    directory.addGroup({ name: `Group ${group}`, members: of })
  }
}
