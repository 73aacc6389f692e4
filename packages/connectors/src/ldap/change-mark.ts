import { ConnectorError } from '../connector-error.ts'
import { anyEntry } from './any-entry.ts'
import { textsOf } from './entry.ts'
import type { LdapSource } from './ldap-source.ts'
import { pagedSearch } from './paged-search.ts'
import { dnReference } from './references.ts'

/** How far the clocks of Muster and of the server, and of servers that copy from each other, may be apart. */
const clockMilliseconds = 15 * 60_000

/** Where changes count from. Numbers of Active Directory count on one server only, and its database has an id. */
export interface ChangeMark {
  value: string
  server?: string
}

/** Entries that have others below them: to move one moves all of those, and leaves no mark on them. */
const containers =
  '(|(objectClass=organizationalUnit)(objectClass=container)(objectClass=organization)(objectClass=domain))'

/**
 * Where the changes from now on begin; undefined when this server does not tell what has changed, or not to this account.
 * Times begin well before now.
 */
export async function markNow(source: LdapSource, now: Date): Promise<ChangeMark | undefined> {
  const { changes } = source.flavour
  const filter = `(&${source.userFilter}(${changes.attribute}=*))`
  const user = await anyEntry(source, source.userBase, filter, [changes.attribute])
  if (user === undefined || textsOf(user, changes.attribute).length === 0) return undefined
  if (changes.by === 'time') return { value: generalizedTime(new Date(now.getTime() - clockMilliseconds)) }
  const [value] = textsOf(source.root, 'highestCommittedUSN')
  const server = await serverId(source)
  return value === undefined || server === undefined ? undefined : { value, server }
}

/** What of a filter has changed since a mark. */
export function changedSince(source: LdapSource, filter: string, mark: ChangeMark): string {
  return `(&${filter}(${source.flavour.changes.attribute}>=${mark.value}))`
}

/**
 * Makes sure that changes since a mark can be told.
 * @throws ConnectorError `checkpointExpired` with another server, and after a move of a container
 */
export async function assertMarkHolds(source: LdapSource, mark: ChangeMark): Promise<void> {
  if (mark.server !== undefined && mark.server !== (await serverId(source))) {
    throw new ConnectorError('checkpointExpired', 'Another server answers than the one whose changes were counted.')
  }
  const { createdAttribute } = source.flavour.changes
  for (const base of new Set([source.userBase, source.groupBase])) {
    const search = {
      base,
      filter: changedSince(source, containers, mark),
      attributes: [createdAttribute],
      pageSize: source.pageSize,
    }
    for await (const entries of pagedSearch(source, search)) {
      const isOld = (created = '') => !isAtLeast(created, mark.value)
      const moved = entries.some(
        (entry) => dnReference(entry.dn) !== dnReference(base) && isOld(textsOf(entry, createdAttribute)[0]),
      )
      if (moved) throw new ConnectorError('checkpointExpired', 'A container was changed; what is in it may have moved.')
    }
  }
}

/** The id of the database behind a domain controller, which changes when it is restored; its name where that is hidden. */
async function serverId({ session, root }: LdapSource): Promise<string | undefined> {
  const [service] = textsOf(root, 'dsServiceName')
  if (service === undefined) return undefined
  const search = { base: service, scope: 'base', filter: '(objectClass=*)', attributes: ['invocationId'] } as const
  const found = await session.search(search).catch((error) => {
    const isHidden =
      error instanceof ConnectorError && ['configuration', 'permission', 'incomplete'].includes(error.code)
    return isHidden ? undefined : Promise.reject(error)
  })
  return found?.entries[0]?.values.get('invocationid')?.[0]?.toString('hex') ?? service.toLowerCase()
}

/** Numbers and times of one format: the longer one, or the later in the alphabet. */
function isAtLeast(value: string, mark: string): boolean {
  return value.length === mark.length ? value >= mark : value.length > mark.length
}

/** RFC 4517 §3.3.13, in whole seconds of UTC. */
function generalizedTime(date: Date): string {
  return `${date.toISOString().replace(/\D/g, '').slice(0, 14)}Z`
}
