import { type FakeGoogleOptions, startFakeGoogle } from '@muster/testkit/fake-google'
import type { Test } from 'tap'
import { google } from '../../src/google/definition.ts'
import { openFake } from './open-fake.ts'

/** A fake account, and connectors to it. */
export async function openAccount(t: Test, options: FakeGoogleOptions = {}) {
  const fake = await startFakeGoogle(options)
  return { fake, ...openFake(t, google, fake) }
}
