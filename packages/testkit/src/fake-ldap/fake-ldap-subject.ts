import { setTimeout as wait } from 'node:timers/promises'
import type { ConnectorDefinition } from '@muster/connectors'
import type {
  ConnectorSubject,
  FaultSupport,
  PopulationChange,
  PopulationGroup,
  PopulationUser,
  PreparedSource,
  SourceFaultName,
} from '@muster/connectors/conformance'
import { createOutbound } from '@muster/runtime/outbound/outbound'
import type { FakeEvent } from './fake-fault.ts'
import { type FakeLdap, startFakeLdap } from './fake-ldap.ts'

/** Where the entries of a fake server are. */
export const fakeLdapBase = 'dc=acme,dc=test'
const base = fakeLdapBase

/** Who reads it. */
export const fakeLdapBind = { dn: `cn=reader,dc=acme,dc=test`, password: 'fake-ldap-password-7Q' }
const rangeSize = 500
const pageSize = 5

/** How the fake server shows a fault at a paged search. */
const events: Partial<Record<SourceFaultName, Omit<FakeEvent, 'at'>>> = {
  reset: { does: 'reset' },
  serverError: { does: { code: 80, entries: 1 } },
  busy: { does: { code: 51 } },
  shuttingDown: { does: 'notice' },
  truncatedBody: { does: 'midEntry' },
  repeatedCursor: { does: 'sameCookie', onwards: true },
  timeLimit: { does: { code: 3, entries: 2 } },
  sizeLimit: { does: { code: 4, entries: 2 } },
  credentialsRevoked: { does: { code: 49 } },
  permissionRevoked: { does: { code: 50 } },
  earlyEnd: { does: 'noPaging' },
  emptyEnd: { does: 'anonymous' },
  hang: { does: 'hang' },
  emptyPage: { does: 'emptyPage' },
  duplicatedRecords: { does: 'twice' },
  userNameMissing: { does: { without: 'sAMAccountName' } },
  emailMissing: { does: { without: 'mail' } },
}

const noThrottling = { lacks: 'LDAP knows no throttling' }

const faults: Record<SourceFaultName, FaultSupport> = {
  ...(Object.fromEntries(Object.keys(events).map((name) => [name, 'shown'])) as Record<SourceFaultName, 'shown'>),
  expiredCheckpoint: 'shown',
  // The connection ends in the middle of a message; nobody can tell why.
  truncatedBody: { as: ['interrupted', 'protocol'] },
  // Where the source forgets to say whether there is more, or whom it shows it to, the connector finds out.
  earlyEnd: { as: ['protocol'] },
  emptyEnd: { as: ['interrupted'] },
  unreachable: { lacks: 'a round has one connection, whose end is an interruption' },
  timeout: { lacks: 'a test of its own: at every place it would take long' },
  truncatedMembers: { lacks: 'a test of its own: it takes another kind of search' },
  unreadMembers: { lacks: 'Active Directory shows a group whose members are hidden as one that has none' },
  foreignError: { lacks: 'the connector speaks LDAP itself' },
  throttled: noThrottling,
  throttledUntil: noThrottling,
  shortWait: noThrottling,
}

/** The LDAP connector over a fake domain controller, as a subject of the connector conformance suite. */
export function fakeLdapSubject(definition: ConnectorDefinition): ConnectorSubject {
  return {
    name: 'LDAP over a fake domain controller',
    definition,
    pageRecordsMax: 1_000,
    hugeGroup: 1_200,
    delta: 'shown',
    faults,
    access: { wrongCredentials: 'shown', unreachable: 'shown', missingPermission: 'shown' },
    prepare: async (population) => {
      const server = await startFakeLdap({ flavour: 'activeDirectory', bind: fakeLdapBind, rangeSize })
      const names = new Map<string, string>()
      server.tree.put({ dn: base, attributes: { objectClass: ['top', 'domain'] } })
      const config = fakeLdapConfig(server, { pageSize: population.users.length > 100 ? 1_000 : pageSize })
      for (const user of population.users) putUser(server, names, user)
      for (const { key, name } of population.groups) names.set(key, groupDn(name))
      for (const group of population.groups) putGroup(server, names, group)
      return prepared(server, config, names)
    },
  }
}

/** The configuration of a connector that reads a fake server as its account. */
export function fakeLdapConfig({ host, port }: FakeLdap, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { host, port, bindDN: fakeLdapBind.dn, bindPassword: fakeLdapBind.password, baseDN: base, ...more }
}

function prepared(server: FakeLdap, config: Record<string, unknown>, names: Map<string, string>): PreparedSource {
  const outbound = createOutbound({ allowedHosts: [server.host] })
  return {
    config,
    outbound,
    // A probe for marks, three pages of users, a probe for members and a page of groups.
    faultPlaces: 6,
    change: async (changes) => {
      for (const change of changes) apply(server, names, change)
    },
    inject: async (fault, at) => {
      const event = events[fault]
      if (fault === 'expiredCheckpoint') server.becomeController('another-controller')
      server.script(...(event === undefined ? [] : [{ ...event, at }]))
      return {
        struck: async () => {
          while (server.struck() === 0) await wait(5)
        },
      }
    },
    heal: async () => server.script(),
    failing: async (access) => {
      if (access === 'wrongCredentials') return { ...config, bindPassword: 'not-the-password' }
      if (access === 'unreachable') return { ...config, port: 1 }
      server.script({ does: { code: 50 } })
      return config
    },
    connectionsOpen: () => server.connectionsOpen(),
    close: async () => {
      await outbound.close()
      await server.close()
    },
  }
}

function putUser({ tree }: FakeLdap, names: Map<string, string>, { key, ...user }: PopulationUser): void {
  const { userName, displayName, active } = user
  const dn = userDn(userName)
  names.set(key, dn)
  tree.put({
    dn,
    attributes: {
      objectClass: ['top', 'person', 'user'],
      objectCategory: ['person'],
      sAMAccountName: [userName],
      displayName: [displayName],
      mail: [userName],
      userAccountControl: [active ? '512' : '514'],
    },
  })
}

function putGroup({ tree }: FakeLdap, names: Map<string, string>, { key, name, members }: PopulationGroup): void {
  const dn = groupDn(name)
  names.set(key, dn)
  const memberDns = members.map((member) => names.get(member) ?? `cn=unknown ${member}`)
  tree.put({ dn, attributes: { objectClass: ['top', 'group'], cn: [name], member: memberDns } })
}

function apply(server: FakeLdap, names: Map<string, string>, change: PopulationChange): void {
  const { tree } = server
  const move = (key: string, to: string, attributes: Record<string, string[]>) => {
    tree.rename(dnOf(names, key), to)
    tree.edit(to, attributes)
    names.set(key, to)
  }
  switch (change.does) {
    case 'addUser':
      putUser(server, names, change.user)
      break
    case 'addGroup':
      putGroup(server, names, change.group)
      break
    case 'renameUser':
      move(change.key, userDn(change.userName), { sAMAccountName: [change.userName], mail: [change.userName] })
      break
    case 'renameGroup':
      move(change.key, groupDn(change.name), { cn: [change.name] })
      break
    case 'disableUser':
      tree.edit(dnOf(names, change.key), { userAccountControl: ['514'] })
      break
    case 'removeUser':
    case 'removeGroup':
      tree.remove(dnOf(names, change.key))
      break
    case 'join':
    case 'leave': {
      const [group, member] = [dnOf(names, change.groupKey), dnOf(names, change.memberKey)]
      const others = tree.values(group, 'member').filter((one) => one !== member)
      tree.edit(group, { member: change.does === 'join' ? [...others, member] : others })
    }
  }
}

function dnOf(names: Map<string, string>, key: string): string {
  const dn = names.get(key)
  if (dn === undefined) throw new Error(`nobody is called ${key}`)
  return dn
}

function userDn(userName: string): string {
  return `cn=${userName},ou=people,${base}`
}

function groupDn(name: string): string {
  return `cn=${name},ou=groups,${base}`
}
