/** The management API that shows what a run did to people. */
export interface ManagementTarget {
  /** Origin of the management API, without `/api`. */
  readonly adminUrl: string
  /** A management key that may read the organization. */
  readonly key: string
  readonly organizationId: string
  /** `directory_…`, as the log shows it. */
  readonly directoryId: string
}

/** Where a transcript is played. Only one run at a time on a directory, or their events mix. */
export interface Target {
  /** Base URL as an administrator pastes it into the identity provider, without query. */
  readonly scimBaseUrl: string
  readonly token: string
  /** Without it the event log and the people are not looked at, and the report says so. */
  readonly events?: ManagementTarget
  /** For one request, both directions. Default 10,000. */
  readonly requestTimeoutMs?: number
  /** For the whole run; what is left then fails without being sent. Default 120,000. */
  readonly runTimeoutMs?: number
}
