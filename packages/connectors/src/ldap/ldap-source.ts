import type { ConnectorContext } from '../connector-context.ts'
import { ConnectorError } from '../connector-error.ts'
import type { LdapConfig } from './config.ts'
import { type LdapEntry, textsOf } from './entry.ts'
import { type Flavour, flavours, recogniseFlavour } from './flavours.ts'
import { type LdapSession, openSession } from './ldap-session.ts'

const pagedResults = '1.2.840.113556.1.4.319'
const pageSizeDefault = 500

const rootAttributes = [
  'objectClass',
  'supportedControl',
  'supportedCapabilities',
  'vendorName',
  'dsServiceName',
  'highestCommittedUSN',
]

/** A server that is connected to, and how it is read. */
export interface LdapSource {
  session: LdapSession
  config: LdapConfig
  flavour: Flavour
  /** What the server says of itself; empty when it does not. */
  root: LdapEntry
  /** Whether it says that it pages. */
  pages: boolean
  pageSize: number
  userBase: string
  groupBase: string
  userFilter: string
  groupFilter: string
  idAttribute: string
  userNameAttribute: string
  memberAttributes: readonly string[]
}

/** Connects and looks whom it has before it. @throws ConnectorError, `permission` when a base cannot be read */
export async function openSource(config: LdapConfig, context: ConnectorContext): Promise<LdapSource> {
  const session = await openSession(config, context)
  try {
    const root = await readRoot(session)
    const chosen = config.flavour ?? 'auto'
    const source = resolveSource(session, config, root, flavours[chosen === 'auto' ? recogniseFlavour(root) : chosen])
    for (const base of new Set([source.userBase, source.groupBase])) await assertReadable(session, base)
    return source
  } catch (error) {
    session.close()
    throw error
  }
}

function resolveSource(session: LdapSession, config: LdapConfig, root: LdapEntry, flavour: Flavour): LdapSource {
  return {
    session,
    config,
    flavour,
    root,
    pages: textsOf(root, 'supportedControl').includes(pagedResults),
    pageSize: config.pageSize ?? pageSizeDefault,
    userBase: config.baseDN,
    groupBase: config.groupBaseDN ?? config.baseDN,
    userFilter: inParentheses(config.userFilter ?? flavour.userFilter),
    groupFilter: inParentheses(config.groupFilter ?? flavour.groupFilter),
    idAttribute: config.idAttribute ?? flavour.idAttribute,
    userNameAttribute: config.userNameAttribute ?? flavour.userNameAttribute,
    memberAttributes: config.memberAttribute === undefined ? flavour.memberAttributes : [config.memberAttribute],
  }
}

async function readRoot(session: LdapSession): Promise<LdapEntry> {
  const search = { base: '', scope: 'base', filter: '(objectClass=*)', attributes: rootAttributes } as const
  const [root] = (await session.search(search)).entries
  return root ?? { dn: '', values: new Map() }
}

/** What an account may not read looks empty: a base that cannot be seen licenses nothing. */
async function assertReadable(session: LdapSession, base: string): Promise<void> {
  const search = { base, scope: 'base', filter: '(objectClass=*)', attributes: ['1.1'] } as const
  if ((await session.search(search)).entries.length > 0) return
  throw new ConnectorError(
    'permission',
    'The account may not read the base entry, so nobody can tell what is below it.',
  )
}

function inParentheses(filter: string): string {
  return filter.startsWith('(') ? filter : `(${filter})`
}
