import { type ConnectorSubject, type PreparedSource, samplePopulation } from '@muster/connectors/conformance'
import { startSlapd } from '@muster/testkit/slapd'
import type { Test } from 'tap'
import { companyTree, groupDn, suffix, userDn } from './company-tree.ts'
import type { StorySource } from './source-story.ts'

const ofSlapd = { users: 1_000, groups: 50 }

/** A real OpenLDAP with a company in it, which is stopped to fail. */
export async function slapdSource(t: Test): Promise<StorySource> {
  const slapd = await startSlapd(t, { ldif: companyTree(ofSlapd), suffix })
  const config = {
    host: slapd.host,
    port: slapd.port,
    bindDN: slapd.managerDN,
    bindPassword: slapd.managerPassword,
    baseDN: suffix,
    userFilter: '(objectClass=inetOrgPerson)',
  }
  return {
    title: 'LDAP',
    type: 'LDAP',
    config,
    wrongConfig: { ...config, bindPassword: 'not-the-password' },
    ...ofSlapd,
    memberships: 1_000,
    managed: 999,
    change: () =>
      slapd.change(
        `dn: ${userDn(7)}\nchangetype: modify\nreplace: title\ntitle: Boss\n\n` +
          `dn: ${groupDn(1)}\nchangetype: modify\nadd: member\nmember: ${userDn(0)}\n-\ndelete: member\nmember: ${userDn(20)}\n`,
      ),
    changed: { title: { from: null, to: 'Boss' } },
    fail: () => slapd.stop(),
    failure: 'sourceUnreachable',
    empty: () => slapd.start(companyTree({ users: 0, groups: 0 })),
  }
}

/** Enough of both for the guard, which lets less than ten removals of a kind go. */
const userCount = 40
const pairs = Array.from({ length: 9 }, (_, index) => ({
  key: `g-pair-${index}`,
  name: `Pair ${index}`,
  members: ['u-00020', 'u-00021'],
}))

/** The fake source of a connector: its credentials are revoked for it to fail. */
export async function subjectSource(t: Test, subject: ConnectorSubject): Promise<StorySource> {
  const sample = samplePopulation(userCount)
  const users = sample.users.map((user) => ({ ...user, active: true }))
  const population = { users, groups: [...sample.groups, ...pairs] }
  const source: PreparedSource = await subject.prepare(population)
  t.teardown(() => source.close())
  const hasNested = subject.nestedGroups === undefined || subject.nestedGroups === 'shown'
  return {
    title: subject.name,
    type: subject.definition.type,
    config: source.config,
    wrongConfig: await source.failing('wrongCredentials'),
    users: userCount,
    groups: population.groups.length,
    // All of them in one, three in a team, two in a department, of which the team is a part where it can be.
    memberships: userCount + 3 + 2 + (hasNested ? 3 : 0) + 2 * pairs.length,
    managed: 0,
    change: () =>
      source.change([
        { does: 'renameUser', key: 'u-00007', userName: 'renamed@acme.test' },
        { does: 'join', groupKey: 'g-department', memberKey: 'u-00009' },
        { does: 'leave', groupKey: 'g-department', memberKey: 'u-00001' },
      ]),
    changed: { email: { from: 'u-00007@acme.test', to: 'renamed@acme.test' } },
    fail: async () => void (await source.inject('credentialsRevoked', 1)),
    failure: 'sourceCredentials',
    empty: async () => {
      await source.heal()
      await source.change([
        ...population.groups.map(({ key }) => ({ does: 'removeGroup', key }) as const),
        ...population.users.map(({ key }) => ({ does: 'removeUser', key }) as const),
      ])
    },
  }
}
