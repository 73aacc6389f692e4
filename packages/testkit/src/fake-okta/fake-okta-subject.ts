import type { ConnectorDefinition } from '@muster/connectors'
import type { ConnectorSubject, FaultSupport, SourceFaultName } from '@muster/connectors/conformance'
import { type Deed, type FakeAnswer, type FakeRequest, preparedFake, sourceDeeds } from '../fake-http/index.ts'
import { errorAnswer } from './error-answer.ts'
import { type FakeOkta, startFakeOkta } from './fake-okta.ts'

const pageSize = 5
const pageSizeOfMany = 200

/** How Okta shows the faults that every source over HTTP shows otherwise, or not. */
function deedsOf(okta: FakeOkta): Partial<Record<SourceFaultName, Deed>> {
  const always = (does: Deed['does']): Deed => ({ does, onwards: true })
  const once = (does: Deed['does']): Deed => ({ does, onwards: false })
  return {
    ...sourceDeeds,
    throttledUntil: always({ status: 429, headers: resetIn(3_600), body: errorAnswer('E0000047').body }),
    shortWait: once({ status: 429, headers: resetIn(1), body: errorAnswer('E0000047').body }),
    credentialsRevoked: always(errorAnswer('E0000011')),
    permissionRevoked: always(errorAnswer('E0000006')),
    repeatedCursor: always((answer, request) => linkedTo(okta.origin, answer, request, request.query.get('after'))),
    emptyPage: once((answer, request) => ({
      ...linkedTo(okta.origin, answer, request, okta.reissue(request.query.get('after'))),
      body: [],
    })),
    // Whoever may not read the System Log any more cannot be told who is gone since.
    expiredCheckpoint: always((answer, { path }) => (path === '/api/v1/logs' ? errorAnswer('E0000006') : answer)),
    duplicatedRecords: once(edited((records) => [...records, ...records])),
    userNameMissing: once(edited((records) => records.map(without('login')))),
    emailMissing: once(edited((records) => records.map(without('email')))),
  }
}

const faults: Record<SourceFaultName, FaultSupport> = {
  ...(Object.fromEntries(
    [...Object.keys(sourceDeeds), 'repeatedCursor', 'emptyPage', 'expiredCheckpoint', 'duplicatedRecords'].map(
      (name) => [name, 'shown'],
    ),
  ) as Record<SourceFaultName, 'shown'>),
  userNameMissing: 'shown',
  emailMissing: 'shown',
  // The connection ends before all that was promised has come; nobody can tell why.
  truncatedBody: { as: ['interrupted', 'protocol'] },
  earlyEnd: { lacks: 'a page that names no next one is how Okta says that this was all' },
  emptyEnd: { lacks: 'an empty page that names no next one is the end, too' },
  timeout: { lacks: 'a test of its own: an answer may take a minute' },
  timeLimit: { lacks: 'Okta knows no limit of time' },
  sizeLimit: { lacks: 'Okta hands out every page' },
  truncatedMembers: { lacks: 'Okta hands out every page' },
  unreadMembers: { lacks: 'Okta shows members or refuses, which ends the round' },
  foreignError: { lacks: 'whatever the library throws is an error of the connector' },
}

/** The connector over a fake organization, as a subject of the connector conformance suite. */
export function fakeOktaSubject(definition: ConnectorDefinition): ConnectorSubject {
  return {
    name: 'Okta over a fake organization',
    definition,
    pageRecordsMax: 1_000,
    hugeGroup: 1_200,
    nestedGroups: { lacks: 'Okta knows no groups in groups' },
    delta: 'shown',
    faults,
    access: { wrongCredentials: 'shown', unreachable: 'shown', missingPermission: 'shown' },
    prepare: async (population) => {
      const okta = await startFakeOkta()
      okta.directory.populate(population)
      const isLarge = population.users.length > 100
      return preparedFake(okta, {
        config: { ...okta.config, pageSize: isLarge ? pageSizeOfMany : pageSize },
        // The System Log, three pages of users, one of groups, five of members.
        faultPlaces: 10,
        deeds: deedsOf(okta),
        failing: (access) => {
          if (access === 'wrongCredentials') return { apiToken: 'not-the-token-of-anybody' }
          if (access === 'unreachable') return { domain: 'http://127.0.0.1:1' }
          okta.deny()
          return {}
        },
      })
    },
  }
}

/** The headers that say when the limit begins anew. */
function resetIn(seconds: number): Record<string, string> {
  const reset = String(Math.ceil(Date.now() / 1_000) + seconds)
  return { 'x-rate-limit-limit': '600', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': reset }
}

/** An answer whose next page is behind a cursor; the same page without one. */
function linkedTo(origin: string, answer: FakeAnswer, { path, query }: FakeRequest, after: string | null): FakeAnswer {
  const asked = new URLSearchParams(query)
  if (after !== null) asked.set('after', after)
  return { ...answer, headers: { ...answer.headers, link: `<${origin}${path}?${asked}>; rel="next"` } }
}

/** A list with other records; what is no list stays. */
function edited(edit: (records: readonly unknown[]) => readonly unknown[]): (answer: FakeAnswer) => FakeAnswer {
  return (answer) => (Array.isArray(answer.body) ? { ...answer, body: edit(answer.body) } : answer)
}

/** A record without something of its profile. */
function without(name: string): (record: unknown) => unknown {
  return (record) => {
    const { profile = {}, ...rest } = record as { profile?: Record<string, unknown> }
    return { ...rest, profile: Object.fromEntries(Object.entries(profile).filter(([key]) => key !== name)) }
  }
}
