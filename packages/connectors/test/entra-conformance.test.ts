import { fakeGraphSubject } from '@muster/testkit/fake-graph'
import t from 'tap'
import { connectorChecks } from '../src/conformance/index.ts'
import type { ConnectorDefinition } from '../src/connector.ts'
import { entra } from '../src/entra/definition.ts'

for (const readBy of ['delta', 'lists'] as const) {
  t.test(`Entra ID by ${readBy}`, async (t) => {
    const subject = fakeGraphSubject(entra as unknown as ConnectorDefinition, readBy)
    // What goes wrong at the source goes wrong on the same way, whatever is read by it.
    const checks = connectorChecks.filter(
      ({ name }) => readBy === 'delta' || !/^a round .*(?<!repeatedCursor\))$/.test(name),
    )
    for (const check of checks) {
      await t.test(check.name, { skip: check.lackOf(subject) ?? false }, () => check.run(subject))
    }
  })
}
