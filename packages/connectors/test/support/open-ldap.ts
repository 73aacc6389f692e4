import type { Slapd } from '@muster/testkit/slapd'
import type { Test } from 'tap'
import type { Connector } from '../../src/connector.ts'
import type { LdapConfig } from '../../src/ldap/config.ts'
import { ldap } from '../../src/ldap/definition.ts'
import type { SourceUser } from '../../src/source-record.ts'
import type { Heard } from './hear.ts'
import { reader, suffix } from './ldap-tree.ts'
import { sourceContext } from './source-context.ts'

/** A connector to a server, by the account that reads. */
export async function openLdap(
  t: Test,
  slapd: Pick<Slapd, 'port'>,
  config: Partial<LdapConfig> = {},
  options?: Parameters<typeof sourceContext>[1],
): Promise<Connector> {
  const account = { bindDN: reader.dn, bindPassword: reader.password }
  const whole = { host: '127.0.0.1', port: slapd.port, ...account, baseDN: suffix, ...config }
  ldap.assertConfig?.(whole)
  const connector = await ldap.open(whole, sourceContext(t, options).context)
  t.teardown(() => connector.close())
  return connector
}

export function byUserName({ users }: Heard, userName: string): SourceUser | undefined {
  return users.findLast((user) => user.userName === userName)
}

/** The references of members by the name of the group; none of a group that has nobody. */
export function membersByName({ groups, members }: Heard): Map<string, string[]> {
  return new Map(groups.map(({ id, name }) => [name, members.get(id) ?? []]))
}
