import type { CompatibilityFlag } from '@muster/scim'
import type { Evidence } from './evidence.ts'
import type { Json, JsonObject } from './json.ts'

/** The identity providers whose traffic is written down here. */
export type IdentityProvider =
  | 'okta'
  | 'entra'
  | 'onelogin'
  | 'jumpcloud'
  | 'ping'
  | 'rippling'
  | 'authentik'
  | 'sailpoint'

/** What every request of one client configuration has in common, and what that client insists on in answers. */
export interface Dialect {
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
  /** Sent when a request has a body. */
  readonly contentType: string
  /** Sent with every request, before the step's own query; `null` is a bare name without `=`. */
  readonly query?: Query
  /** How this client writes a space in a query string. */
  readonly space: '%20' | '+'
  /** Every answer with a body must carry this media type (RFC 7644 §3.8). */
  readonly mediaType: string
}

export type Query = Readonly<Record<string, string | null>>

/** What an answer must look like. Header names are lower case; `body` is a pattern (see `patterns.ts`). */
export interface AnswerExpectation {
  readonly status: number | readonly number[]
  readonly headers?: Readonly<Record<string, Json>>
  readonly body?: Json
  /** The whole answer must be there within so many milliseconds. */
  readonly withinMs?: number
}

/** Variable name → dotted path in the answer's body (or in an event's `data`); `''` captures the whole of it. */
export type Capture = Readonly<Record<string, string>>

/** One request of the provisioning client. `path` is relative to the SCIM base URL and starts with `/`. */
export interface Step {
  readonly name: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly query?: Query
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: JsonObject
  /** Sent as `Authorization` instead of the directory's token; `null` sends none. */
  readonly authorization?: string | null
  readonly expect: AnswerExpectation
  /** Taken before `expect` is compared, so a step may use what it captures; a path that leads nowhere fails it. */
  readonly capture?: Capture
}

/** A GET over SCIM after the last step. */
export interface ResourceExpectation {
  readonly name: string
  readonly path: string
  readonly query?: Query
  readonly expect: AnswerExpectation
}

/** One event of the log, in its place. `match` is a pattern for the event's `data`. */
export interface EventExpectation {
  readonly type: string
  readonly match: JsonObject
  readonly capture?: Capture
}

/** What the management API shows of one person. `id` is usually a variable captured from an event. */
export interface UserExpectation {
  readonly name: string
  readonly id: string
  readonly match: JsonObject
}

export interface FinalState {
  readonly resources: readonly ResourceExpectation[]
  /** Every event the transcript causes, complete and in order; `[]` means that it causes none. */
  readonly events: readonly EventExpectation[]
  readonly users?: readonly UserExpectation[]
}

/**
 * What one identity provider sends to do one job, and what must be true during and after it: JSON-serialisable data.
 *
 * Strings anywhere in a step or in the final state may hold variables: captured ones (`{{adaId}}`); `{{run}}`, twelve
 * lower-case characters that are new in every run; `{{guid:NAME}}`, a UUID that is new in every run and the same for
 * one NAME; `{{scimBaseUrl}}`, `{{organizationId}}`, `{{directoryId}}` from the target; and `{{groupId|group}}`, a
 * captured UUID written as a TypeID with that prefix. A string that is nothing but one variable keeps its JSON type.
 */
export interface Transcript {
  readonly name: string
  readonly idp: IdentityProvider
  readonly dialect: Dialect
  readonly about: string
  /** Where the facts come from; at least one. */
  readonly evidence: readonly Evidence[]
  /** The deviations from the RFCs that it takes to pass: all of these, and no others. */
  readonly flags: readonly CompatibilityFlag[]
  readonly steps: readonly Step[]
  readonly finalState: FinalState
}
