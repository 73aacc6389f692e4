import { slapdIsMissing, startSlapd } from '@muster/testkit/slapd'
import t from 'tap'
import { connectorChecks } from '../src/conformance/index.ts'
import { slapdSubject, subjectServer } from './support/slapd-subject.ts'

t.test('LDAP over OpenLDAP', { skip: slapdIsMissing() }, async (t) => {
  const subject = slapdSubject(await startSlapd(t, subjectServer))
  for (const check of connectorChecks) {
    await t.test(check.name, { skip: check.lackOf(subject) ?? false }, () => check.run(subject))
  }
})
