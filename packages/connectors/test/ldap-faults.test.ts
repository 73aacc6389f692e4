import { connectors } from '@muster/connectors'
import { connectorChecks } from '@muster/connectors/conformance'
import { fakeLdapSubject } from '@muster/testkit/fake-ldap'
import t from 'tap'

const definition = connectors.LDAP
if (definition === undefined) throw new Error('there is no LDAP connector')
const subject = fakeLdapSubject(definition)

t.test(subject.name, async (t) => {
  for (const check of connectorChecks) {
    await t.test(check.name, { skip: check.lackOf(subject) ?? false }, () => check.run(subject))
  }
})
