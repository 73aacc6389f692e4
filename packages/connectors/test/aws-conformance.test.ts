import { fakeIdentityStoreSubject } from '@muster/testkit/fake-identity-store'
import t from 'tap'
import { aws } from '../src/aws/definition.ts'
import { connectorChecks } from '../src/conformance/index.ts'
import type { ConnectorDefinition } from '../src/connector.ts'

const subject = fakeIdentityStoreSubject(aws as unknown as ConnectorDefinition)
t.test(subject.name, async (t) => {
  for (const check of connectorChecks) {
    await t.test(check.name, { skip: check.lackOf(subject) ?? false }, () => check.run(subject))
  }
})
