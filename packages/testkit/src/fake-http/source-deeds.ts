import type { SourceFaultName } from '@muster/connectors/conformance'
import type { Deed } from './prepared-fake.ts'

/** How any source over HTTP shows the faults of the connector conformance suite; each fake adds, or says otherwise. */
export const sourceDeeds = {
  reset: { does: 'reset', onwards: true },
  unreachable: { does: 'gone', onwards: true },
  serverError: { does: { status: 500, body: { error: 'internal' } }, onwards: true },
  busy: { does: { status: 503, body: '' }, onwards: true },
  shuttingDown: {
    does: { status: 502, headers: { 'content-type': 'text/html' }, body: '<html></html>' },
    onwards: true,
  },
  throttled: { does: { status: 429, body: '' }, onwards: true },
  throttledUntil: { does: { status: 429, headers: { 'retry-after': '3600' }, body: '' }, onwards: true },
  shortWait: { does: { status: 429, headers: { 'retry-after': '1' }, body: '' }, onwards: false },
  truncatedBody: { does: 'truncate', onwards: true },
  credentialsRevoked: { does: { status: 401, body: {} }, onwards: true },
  permissionRevoked: { does: { status: 403, body: {} }, onwards: true },
  hang: { does: 'hang', onwards: true },
} as const satisfies Partial<Record<SourceFaultName, Deed>>
