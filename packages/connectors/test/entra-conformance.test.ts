import { fakeGraphSubject } from '@muster/testkit/fake-graph'
import t from 'tap'
import { connectorChecks } from '../src/conformance/index.ts'
import type { ConnectorDefinition } from '../src/connector.ts'
import { entra } from '../src/entra/definition.ts'

for (const readBy of ['delta', 'lists'] as const) {
  t.test(`Entra ID by ${readBy}`, async (t) => {
    const subject = fakeGraphSubject(entra as unknown as ConnectorDefinition, readBy)
    for (const check of connectorChecks) {
      await t.test(check.name, { skip: check.lackOf(subject) ?? false }, () => check.run(subject))
    }
  })
}
