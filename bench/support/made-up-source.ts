import { createHash } from 'node:crypto'
import type { Checkpoint, Connector, Page, SourceGroup, SourceMembership, SourceUser } from '@muster/connectors'

export interface MadeUpSource {
  users: number
  groups: number
  /** How often a hundredth of it has changed. */
  round: number
  /** Whether users name managers and members are named by distinguished names, as LDAP has it; else by id, and there are no managers. */
  isLdap: boolean
}

export const groupsEach = 5
const pageRecords = 1_000

const base = 'ou=people,dc=bench,dc=test'
const dnOf = (n: number) => `cn=User ${n},${base}`

/** Another one for each text, always the same: as hardly compressible as what people really write. */
function textOf(seed: string, characters: number): string {
  return createHash('sha512').update(seed).digest('base64url').repeat(2).slice(0, characters)
}

function idOf(kind: 'user' | 'group', n: number): string {
  const hex = createHash('md5').update(`${kind} ${n}`).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** The last round in which a user was among those that changed, from `offset` of every hundred on; 0 for none. */
function changedIn({ round }: MadeUpSource, n: number, offset: number): number {
  const place = (n - offset + 100) % 100
  return place >= 1 && place <= Math.min(round, 49) ? place : 0
}

/** A user of 1.2 to 1.5 KB. */
function userOf(source: MadeUpSource, n: number): SourceUser {
  const name = `user-${n}@bench.test`
  const [givenName, sn] = [textOf(`given ${n % 900}`, 7), textOf(`family ${n}`, 9)]
  const displayName = `${givenName} ${sn}`
  return {
    kind: 'user',
    id: idOf('user', n),
    ...(source.isLdap && { references: [dnOf(n)] }),
    userName: name,
    active: n % 50 !== 0,
    displayName,
    emails: [{ value: name }, { value: `alias-${n}@bench.test`, type: 'work' }],
    attributes: {
      distinguishedName: dnOf(n),
      objectGUID: idOf('user', n),
      cn: `User ${n}`,
      displayName,
      givenName,
      sn,
      mail: name,
      proxyAddresses: [`SMTP:${name}`, `smtp:alias-${n}@bench.test`],
      sAMAccountName: `user-${n}`,
      userPrincipalName: name,
      employeeID: String(100_000 + n),
      employeeType: 'Employee',
      title: `Title ${n % 50}, ${changedIn(source, n, 0)}`,
      department: `Department ${n % 40}`,
      division: `Division ${n % 8}`,
      company: 'Bench Incorporated',
      physicalDeliveryOfficeName: `Office ${n % 30}`,
      streetAddress: `${n % 300} ${textOf(`street ${n % 300}`, 18)}`,
      l: `Town ${n % 30}`,
      postalCode: String(10_000 + (n % 300)),
      co: 'United States',
      telephoneNumber: `+1 555 ${String(n).padStart(7, '0')}`,
      mobile: `+1 556 ${String(n).padStart(7, '0')}`,
      preferredLanguage: 'en-US',
      userAccountControl: '512',
      description: textOf(`description ${n}`, 120 + (n % 50)),
      extensionAttribute1: textOf(`one ${n}`, 86),
      extensionAttribute2: textOf(`two ${n % 100}`, 60),
      ...(source.isLdap && n > 10 && { manager: dnOf(Math.ceil(n / 10)) }),
    },
  }
}

function groupOf({ isLdap }: MadeUpSource, n: number): SourceGroup {
  const dn = `cn=Group ${n},ou=groups,dc=bench,dc=test`
  const attributes = { distinguishedName: dn, cn: `Group ${n}`, description: textOf(`group ${n}`, 80) }
  const references = isLdap && { references: [dn] }
  return { kind: 'group', id: idOf('group', n), ...references, name: `Group ${n}`, attributes, members: 'complete' }
}

/** The groups of a user: five, of which all are others whenever it is among those that change. */
function* edgesOf(source: MadeUpSource, n: number): Generator<SourceMembership> {
  const moved = changedIn(source, n, 50)
  for (let k = 0; k < groupsEach; k++) {
    const group = ((n + k * Math.floor(source.groups / groupsEach) + moved * 7) % source.groups) + 1
    const member = source.isLdap ? { reference: dnOf(n) } : { id: idOf('user', n) }
    yield { kind: 'membership', groupId: idOf('group', group), member }
  }
}

function* recordsOf(source: MadeUpSource): Generator<SourceUser | SourceGroup | SourceMembership> {
  for (let n = 1; n <= source.users; n++) yield userOf(source, n)
  for (let n = 1; n <= source.groups; n++) yield groupOf(source, n)
  for (let n = 1; n <= source.users; n++) yield* edgesOf(source, n)
}

/** The next records, fewer only at the end. */
function nextRecords<T>(records: Iterator<T>): T[] {
  const taken: T[] = []
  while (taken.length < pageRecords) {
    const { done, value } = records.next()
    if (done === true) break
    taken.push(value)
  }
  return taken
}

/** A connector that makes up what it reads, page by page, and keeps nothing. `onPage` is told what making a page took, in seconds. */
export function madeUpConnector(source: MadeUpSource, onPage: (seconds: number) => void): Connector {
  return {
    check: async () => ({ userCount: source.users, warnings: [] }),
    async *snapshot(): AsyncGenerator<Page> {
      const records = recordsOf(source)
      for (let at = 1; ; at++) {
        const started = performance.now()
        const upsert = nextRecords(records)
        onPage((performance.now() - started) / 1_000)
        const isLast = upsert.length < pageRecords
        const page = { upsert, remove: [], checkpoint: `page ${at}` as Checkpoint }
        yield isLast ? { ...page, complete: 'all' } : page
        if (isLast) return
      }
    },
    close: async () => undefined,
  }
}
