import { fakeGoogleSubject } from '@muster/testkit/fake-google'
import t from 'tap'
import { connectorChecks } from '../src/conformance/index.ts'
import type { ConnectorDefinition } from '../src/connector.ts'
import { google } from '../src/google/definition.ts'

t.test('Google Workspace over a fake account', async (t) => {
  const subject = fakeGoogleSubject(google as unknown as ConnectorDefinition)
  for (const check of connectorChecks) {
    await t.test(check.name, { skip: check.lackOf(subject) ?? false }, () => check.run(subject))
  }
})
