import { createOutbound } from '@muster/runtime/outbound/outbound'
import type { Slapd, SlapdOptions } from '@muster/testkit/slapd'
import {
  type ConnectorSubject,
  type PopulationChange,
  type PopulationGroup,
  type PopulationUser,
  type PreparedSource,
  type SourceFaultName,
  sourceFaults,
} from '../../src/conformance/index.ts'
import type { ConnectorDefinition } from '../../src/connector.ts'
import { ldap } from '../../src/ldap/definition.ts'
import { emptyTree, entry, reader, suffix } from './ldap-tree.ts'
import { openProxy } from './tcp-proxy.ts'

const hidden = `ou=hidden,${suffix}`

/** A server that the subject can live on: with a mark for disabled accounts, groups that may be empty, and a base that nobody may read. */
export const subjectServer: SlapdOptions = {
  ldif: [emptyTree, entry(hidden, { objectClass: 'organizationalUnit', ou: 'hidden' })].join('\n'),
  definitions: [
    "attributetype ( 2.16.840.1.113730.3.1.610 NAME 'nsAccountLock' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )",
    "objectclass ( 1.2.840.113556.1.5.99905 NAME 'lockable' SUP top AUXILIARY MAY nsAccountLock )",
    // Of the draft of RFC 2307bis: a group that may be empty.
    "objectclass ( 1.2.840.113556.1.5.99906 NAME 'groupOfMembers' SUP top STRUCTURAL MUST cn MAY member )",
  ],
  overlays: [],
  limits: [`limits dn.exact="${reader.dn}" size=unlimited`],
  acl: [
    'access to attrs=userPassword by anonymous auth by * none',
    `access to dn.subtree="${hidden}" by * search`,
    'access to * by users read',
  ],
}

const lacking = { lacks: 'a real server does not fail at will; the fake one does, in ldap-faults' }

/** The LDAP connector over OpenLDAP; each population is a tree of its own on one server. */
export function slapdSubject(slapd: Slapd): ConnectorSubject {
  let populations = 0
  return {
    name: 'LDAP over OpenLDAP',
    definition: ldap as unknown as ConnectorDefinition,
    pageRecordsMax: 1_000,
    hugeGroup: 1_200,
    delta: 'shown',
    faults: Object.fromEntries(Object.keys(sourceFaults).map((name) => [name, lacking])) as Record<
      SourceFaultName,
      typeof lacking
    >,
    access: { wrongCredentials: 'shown', unreachable: 'shown', missingPermission: 'shown' },
    prepare: async ({ users, groups }) => {
      const tree = new Tree(`ou=population${++populations},${suffix}`)
      const root = entry(tree.base, { objectClass: 'organizationalUnit', ou: `population${populations}` })
      const entries = [...users.map((user) => tree.user(user))]
      for (const { key, name } of groups) tree.names.set(key, tree.groupDn(name))
      await slapd.change([root, ...entries, ...groups.map((group) => tree.group(group))].map(added).join('\n'))
      return prepared(slapd, tree, users.length > 100 ? 500 : 5)
    },
  }
}

async function prepared(slapd: Slapd, tree: Tree, pageSize: number): Promise<PreparedSource> {
  const proxy = await openProxy(slapd.port)
  const outbound = createOutbound({ allowedHosts: ['127.0.0.1'] })
  const account = { bindDN: reader.dn, bindPassword: reader.password }
  const config = { host: '127.0.0.1', port: proxy.port, ...account, baseDN: tree.base, pageSize }
  const failing = {
    wrongCredentials: { ...config, bindPassword: 'not-the-password' },
    unreachable: { ...config, port: 1 },
    missingPermission: { ...config, baseDN: hidden },
  }
  return {
    config,
    outbound,
    faultPlaces: 0,
    change: (changes) => slapd.change(changes.map((change) => tree.change(change)).join('\n')),
    inject: async () => ({ struck: async () => undefined }),
    heal: async () => undefined,
    failing: async (access) => failing[access],
    connectionsOpen: () => proxy.open(),
    close: async () => {
      proxy.close()
      await outbound.close()
    },
  }
}

/** Where the users and groups of a population are, and how changes of them are written. */
class Tree {
  readonly base: string
  readonly names = new Map<string, string>()
  readonly #members = new Map<string, Set<string>>()

  constructor(base: string) {
    this.base = base
  }

  groupDn(name: string): string {
    return `cn=${name},${this.base}`
  }

  user({ key, userName, displayName, active }: PopulationUser): string {
    const dn = `uid=${userName},${this.base}`
    this.names.set(key, dn)
    const text = { uid: userName, cn: userName, sn: key, displayName, mail: userName }
    return entry(dn, { objectClass: ['inetOrgPerson', 'lockable'], ...text, ...(!active && { nsAccountLock: 'TRUE' }) })
  }

  group({ key, name, members }: PopulationGroup): string {
    const dn = this.groupDn(name)
    this.names.set(key, dn)
    this.#members.set(key, new Set(members))
    return entry(dn, { objectClass: 'groupOfMembers', cn: name, member: members.map((one) => this.#nameOf(one)) })
  }

  change(change: PopulationChange): string {
    switch (change.does) {
      case 'addUser':
        return added(this.user(change.user))
      case 'addGroup':
        return added(this.group(change.group))
      case 'renameUser': {
        const renamed = this.#rename(change.key, `uid=${change.userName}`)
        return `${renamed}\n${this.#modify(change.key, `replace: mail\nmail: ${change.userName}`)}`
      }
      case 'renameGroup':
        return this.#rename(change.key, `cn=${change.name}`)
      case 'disableUser':
        return this.#modify(change.key, 'replace: nsAccountLock\nnsAccountLock: TRUE')
      case 'removeUser':
      case 'removeGroup': {
        this.#members.delete(change.key)
        const left = this.#groupsOf(change.key).map((groupKey) => this.#member('delete', groupKey, change.key))
        return [...left, `dn: ${this.#nameOf(change.key)}\nchangetype: delete\n`].join('\n')
      }
      case 'join':
        return this.#member('add', change.groupKey, change.memberKey)
      case 'leave':
        return this.#member('delete', change.groupKey, change.memberKey)
    }
  }

  #rename(key: string, relativeName: string): string {
    const groups = this.#groupsOf(key)
    const left = groups.map((groupKey) => this.#member('delete', groupKey, key))
    const text = `dn: ${this.#nameOf(key)}\nchangetype: modrdn\nnewrdn: ${relativeName}\ndeleteoldrdn: 1\n`
    this.names.set(key, `${relativeName},${this.base}`)
    return [...left, text, ...groups.map((groupKey) => this.#member('add', groupKey, key))].join('\n')
  }

  #groupsOf(key: string): string[] {
    return [...this.#members].filter(([, members]) => members.has(key)).map(([groupKey]) => groupKey)
  }

  #member(how: 'add' | 'delete', groupKey: string, key: string): string {
    this.#members.get(groupKey)?.[how](key)
    return this.#modify(groupKey, `${how}: member\nmember: ${this.#nameOf(key)}`)
  }

  #modify(key: string, modification: string): string {
    return `dn: ${this.#nameOf(key)}\nchangetype: modify\n${modification}\n`
  }

  #nameOf(key: string): string {
    return this.names.get(key) ?? `cn=unknown ${key},${this.base}`
  }
}

function added(text: string): string {
  return text.replace('\n', '\nchangetype: add\n')
}
