import { fakeOktaSubject } from '@muster/testkit/fake-okta'
import t from 'tap'
import { connectorChecks } from '../src/conformance/index.ts'
import type { ConnectorDefinition } from '../src/index.ts'
import { okta } from '../src/okta/definition.ts'

t.test('Okta over a fake organization', async (t) => {
  const subject = fakeOktaSubject(okta as ConnectorDefinition)
  for (const check of connectorChecks) {
    await t.test(check.name, { skip: check.lackOf(subject) ?? false }, () => check.run(subject))
  }
})
