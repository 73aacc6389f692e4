import { type FakeIdentityStoreOptions, startFakeIdentityStore } from '@muster/testkit/fake-identity-store'
import type { Test } from 'tap'
import { aws } from '../../src/aws/definition.ts'
import { openFake } from './open-fake.ts'

/** A fake identity store, and connectors to it. */
export async function openStore(t: Test, options: FakeIdentityStoreOptions = {}) {
  const store = await startFakeIdentityStore(options)
  return { store, ...openFake(t, aws, store) }
}
