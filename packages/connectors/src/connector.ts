import type { Static, TObject } from 'typebox'
import type { ConnectorContext } from './connector-context.ts'
import type { NotificationSupport } from './notifications.ts'
import type { Checkpoint, Page } from './page.ts'

/** What a connector finds of its directory without reading it whole. */
export interface CheckResult {
  /** Users that a sync would read. */
  userCount: number
  /** Whether there are more than were counted in the time there was. */
  countedInPart?: boolean
  /** What works and may surprise: groups that cannot be read, for example. Without personal data. */
  warnings: readonly string[]
}

/**
 * Reads one remote directory. It keeps no state between calls but connections, which `close` ends. Whatever cannot be read
 * whole ends in a `ConnectorError`; nothing is ever left out in silence.
 */
export interface Connector {
  /** Proves address, credentials and permissions. */
  check(): Promise<CheckResult>
  /** Everything there is, page by page, or what is left of it behind a checkpoint. Its last page is `complete: 'all'`. */
  snapshot(resume?: Checkpoint): AsyncIterable<Page>
  /**
   * What has changed since a checkpoint. None when the source cannot tell.
   * @throws ConnectorError `checkpointExpired` when only a snapshot helps
   */
  delta?(since: Checkpoint): AsyncIterable<Page>
  close(): Promise<void>
}

/** The types of directories that are read by a connector. */
export type ConnectorType = 'AZURE_AD' | 'GOOGLE_WORKSPACE' | 'LDAP' | 'AWS_DIRECTORY' | 'OKTA'

/** A kind of remote directory: what it is configured with, and how it is read. */
export interface ConnectorDefinition<Config extends TObject = TObject> {
  type: ConnectorType
  /** As people call it. */
  title: string
  /** The fields; see `config-field.ts` for what is marked on them. */
  config: Config
  /** What fields must be together, beyond the schema. @throws MusterError `invalidValue`, never with a value in it */
  assertConfig?(config: Static<Config>): void
  /** How the source tells of changes as they happen; none when it cannot. */
  notifications?: NotificationSupport<Static<Config>>
  /** Opens a connector; its library is loaded only now. Nothing is called yet. */
  open(config: Static<Config>, context: ConnectorContext): Promise<Connector>
}
