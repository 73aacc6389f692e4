import type { FakeEvent, FakeFault, SearchKind } from './fake-fault.ts'
import { FakeTree } from './fake-tree.ts'
import type { SentEntry } from './ldap-response.ts'

export interface FakeLdapOptions {
  /** What it says of itself. */
  flavour: 'activeDirectory' | 'openldap'
  bind: { dn: string; password: string }
  /** Values of an attribute that it hands out at once, 1,500 for a domain controller; all without it. */
  rangeSize?: number
  /** False: it does not know "Who am I?". */
  whoAmI?: boolean
  /** `dropped`: accepts StartTLS and hangs up. `silent`: accepts and never begins it. Refused without it. */
  startTls?: 'dropped' | 'silent'
}

/** What all connections of a fake server share. */
export class FakeServer {
  readonly options: FakeLdapOptions
  readonly tree = new FakeTree()
  /** The id of its database: that of another domain controller is another. */
  invocationId = 'first-controller'
  startTlsAccepted = 0
  #events: readonly FakeEvent[] = []
  #searches: Record<SearchKind, number> = { pages: 0, ranges: 0 }
  #struck = 0

  constructor(options: FakeLdapOptions) {
    this.options = options
  }

  /** Paged searches since the last script. */
  get searches(): number {
    return this.#searches.pages
  }

  /** Faults that have happened since the last script. */
  get struck(): number {
    return this.#struck
  }

  script(events: readonly FakeEvent[]): void {
    this.#events = events
    this.#searches = { pages: 0, ranges: 0 }
    this.#struck = 0
  }

  /** The fault of the next search of a kind. */
  takeFault(kind: SearchKind): FakeFault | undefined {
    this.#searches[kind] += 1
    const now = this.#searches[kind]
    const event = this.#events.find(
      ({ of = 'pages', at = now, onwards }) => of === kind && (at === now || (onwards === true && at < now)),
    )
    if (event !== undefined) this.#struck += 1
    return event?.does
  }

  rootEntry(): SentEntry {
    const supportedControl = ['1.2.840.113556.1.4.319']
    if (this.options.flavour === 'openldap') {
      return { dn: '', attributes: { objectClass: ['top', 'OpenLDAProotDSE'], supportedControl } }
    }
    return {
      dn: '',
      attributes: {
        supportedControl,
        supportedCapabilities: ['1.2.840.113556.1.4.800'],
        dsServiceName: [`CN=NTDS Settings,CN=${this.invocationId},CN=Servers`],
        highestCommittedUSN: [String(this.tree.changes)],
      },
    }
  }
}
