import { type FakeOktaOptions, startFakeOkta } from '@muster/testkit/fake-okta'
import type { Test } from 'tap'
import { okta } from '../../src/okta/definition.ts'
import { openFake } from './open-fake.ts'

/** A fake organization, and connectors to it. */
export async function openOkta(t: Test, options: FakeOktaOptions = {}) {
  const fake = await startFakeOkta(options)
  return { fake, ...openFake(t, okta, fake) }
}
