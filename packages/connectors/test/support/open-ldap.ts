import { createLogger } from '@muster/runtime/logger'
import { createOutbound } from '@muster/runtime/outbound/outbound'
import type { Resolver } from '@muster/runtime/outbound/resolver'
import type { Slapd } from '@muster/testkit/slapd'
import type { Test } from 'tap'
import type { Connector } from '../../src/connector.ts'
import type { LdapConfig } from '../../src/ldap/config.ts'
import { ldap } from '../../src/ldap/definition.ts'
import type { Page } from '../../src/page.ts'
import type { ResourceKey, SourceGroup, SourceUser } from '../../src/source-record.ts'
import { reader, suffix } from './ldap-tree.ts'

interface OpenOptions {
  allowedHosts?: string[]
  resolve?: Resolver
  signal?: AbortSignal
}

/** A connector to a server, by the account that reads. */
export async function openLdap(
  t: Test,
  slapd: Pick<Slapd, 'port'>,
  config: Partial<LdapConfig> = {},
  options: OpenOptions = {},
): Promise<Connector> {
  const { allowedHosts = ['127.0.0.1'], resolve, signal = new AbortController().signal } = options
  const outbound = createOutbound({ allowedHosts, ...(resolve && { resolve }) })
  const logger = createLogger({ service: 'test', level: 'silent' })
  const defaults = {
    host: '127.0.0.1',
    port: slapd.port,
    bindDN: reader.dn,
    bindPassword: reader.password,
    baseDN: suffix,
  }
  const whole = { ...defaults, ...config }
  ldap.assertConfig?.(whole)
  const connector = await ldap.open(whole, { outbound, logger, signal, onThrottled: () => undefined })
  t.teardown(() => connector.close())
  return connector
}

/** All that a round said, with the last word on each. */
export interface RoundPicture {
  pages: Page[]
  users: SourceUser[]
  groups: SourceGroup[]
  present: ResourceKey[]
  /** References of members by the name of the group. */
  members: Map<string, string[]>
}

export async function drain(round: AsyncIterable<Page>): Promise<RoundPicture> {
  const pages: Page[] = []
  for await (const page of round) pages.push(page)
  const records = pages.flatMap((page) => page.upsert)
  const users = new Map(records.flatMap((record) => (record.kind === 'user' ? [[record.id, record] as const] : [])))
  const groups = new Map(records.flatMap((record) => (record.kind === 'group' ? [[record.id, record] as const] : [])))
  const members = new Map([...groups.values()].map(({ name }) => [name, [] as string[]]))
  for (const record of records) {
    if (record.kind !== 'membership' || !('reference' in record.member)) continue
    members.get(groups.get(record.groupId)?.name ?? '')?.push(record.member.reference)
  }
  const present = pages.flatMap((page) => page.present ?? [])
  return { pages, users: [...users.values()], groups: [...groups.values()], present, members }
}

export function byUserName(picture: RoundPicture, userName: string): SourceUser | undefined {
  return picture.users.find((user) => user.userName === userName)
}
