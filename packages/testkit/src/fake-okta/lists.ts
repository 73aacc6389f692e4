import type { FakeDirectory, FakeGroup, FakeUser } from '../fake-directory/index.ts'
import type { FakeAnswer, FakeRequest } from '../fake-http/index.ts'
import type { Cursors } from './cursors.ts'
import { groupDocument, userDocument } from './documents.ts'
import { errorAnswer } from './error-answer.ts'
import { parseFilter } from './filter.ts'
import { logEvent } from './log-events.ts'

/** What a fake organization holds, and how it shows it. */
export interface Organization {
  origin: string
  directory: FakeDirectory
  cursors: Cursors
  statusOf(user: FakeUser): string
  lastLoginOf(user: FakeUser): Date | null
  /** Undefined where the account sees it not. */
  everyone: FakeGroup | undefined
  /** Records a page at most. */
  pageSizeMax: number
}

const inequalities = ['eq', 'gt', 'ge', 'lt', 'le']
const userOperators = { status: ['eq'], lastUpdated: inequalities, id: ['eq'], 'profile.login': ['eq'] }
const groupOperators = { id: ['eq'], type: ['eq'], lastUpdated: inequalities, lastMembershipUpdated: inequalities }
const eventOperators = { eventType: ['eq'] }
const logLimitMax = 1_000

/** The list of users: without a filter it leaves out those who are deactivated. */
export function listUsers(organization: Organization, request: FakeRequest): FakeAnswer {
  const { origin, directory, statusOf, lastLoginOf } = organization
  const filter = request.query.get('filter')
  const matches = parseFilter(filter, userOperators)
  if (matches === undefined) return errorAnswer('E0000031')
  const users = [...directory.users.values()].filter((user) => {
    const status = statusOf(user)
    if (filter === null) return status !== 'DEPROVISIONED'
    return matches({ status, lastUpdated: user.updatedAt.toISOString(), id: user.id, 'profile.login': user.userName })
  })
  return pageOf(organization, request, users, (user) => userDocument(origin, user, statusOf(user), lastLoginOf(user)))
}

export function listGroups(organization: Organization, request: FakeRequest): FakeAnswer {
  const { origin, directory, everyone } = organization
  const matches = parseFilter(request.query.get('filter'), groupOperators)
  if (matches === undefined) return errorAnswer('E0000031')
  const groups = [...(everyone ? [everyone] : []), ...directory.groups.values()].filter((group) =>
    matches({
      id: group.id,
      type: typeOf(group, everyone),
      lastUpdated: group.updatedAt.toISOString(),
      lastMembershipUpdated: group.membersUpdatedAt.toISOString(),
    }),
  )
  return pageOf(organization, request, groups, (group) => groupDocument(origin, group, typeOf(group, everyone)))
}

export function showGroup({ origin, directory, everyone }: Organization, _: FakeRequest, groupId: string): FakeAnswer {
  const group = groupId === everyone?.id ? everyone : directory.groups.get(groupId)
  if (group === undefined) return errorAnswer('E0000007', `${groupId} (UserGroup)`)
  return { body: groupDocument(origin, group, typeOf(group, everyone)) }
}

/** The users in a group: Okta knows no groups in groups. */
export function listMembers(organization: Organization, request: FakeRequest, groupId: string): FakeAnswer {
  const { origin, directory, everyone, statusOf, lastLoginOf } = organization
  const group = directory.groups.get(groupId)
  if (group === undefined && groupId !== everyone?.id) return errorAnswer('E0000007', `${groupId} (UserGroup)`)
  const ids = group === undefined ? directory.users.keys() : group.members
  const users = [...ids]
    .flatMap((id) => directory.users.get(id) ?? [])
    .filter((user) => statusOf(user) !== 'DEPROVISIONED')
  return pageOf(organization, request, users, (user) => userDocument(origin, user, statusOf(user), lastLoginOf(user)))
}

/** The System Log. Without `until` it names a next page for ever (…/docs/reference/system-log-query, "Polling requests"). */
export function listEvents({ directory, pageSizeMax, origin }: Organization, request: FakeRequest): FakeAnswer {
  const { query } = request
  const matches = parseFilter(query.get('filter'), eventOperators)
  const [since, until, limit] = [query.get('since'), query.get('until'), Number(query.get('limit') ?? 100)]
  if (matches === undefined) return errorAnswer('E0000031')
  if (since === null || Number.isNaN(Date.parse(since)) || limit > logLimitMax) return errorAnswer('E0000001', 'since')
  const after = Number(query.get('after')?.slice(1) ?? 0)
  if (Number.isNaN(after)) return errorAnswer('E0000001', 'after')
  const found = directory.changes.filter(({ at, sequence }) => {
    return sequence > after && at >= new Date(since) && (until === null || at < new Date(until))
  })
  const events = found
    .map((change) => ({ sequence: change.sequence, event: logEvent(change) }))
    .filter(({ event }) => matches({ eventType: event.eventType }))
  const page = events.slice(0, Math.min(limit, pageSizeMax))
  const last = page.at(-1)?.sequence ?? after
  const hasNext = until === null || page.length < events.length
  return answerWith(
    origin,
    request,
    page.map(({ event }) => event),
    hasNext ? `s${last}` : undefined,
  )
}

function typeOf(group: FakeGroup, everyone: FakeGroup | undefined): string {
  return group === everyone ? 'BUILT_IN' : 'OKTA_GROUP'
}

function pageOf<Item extends { id: string }>(
  { origin, cursors, pageSizeMax }: Organization,
  request: FakeRequest,
  items: readonly Item[],
  show: (item: Item) => unknown,
): FakeAnswer {
  const { query } = request
  const limit = Number(query.get('limit') ?? pageSizeMax)
  if (!Number.isInteger(limit) || limit < 1) return errorAnswer('E0000001', 'limit')
  const found = cursors.page(items, query.get('after'), Math.min(limit, pageSizeMax))
  if (found === undefined) return errorAnswer('E0000001', 'after')
  return answerWith(origin, request, found.page.map(show), found.next)
}

function answerWith(origin: string, { path, query }: FakeRequest, body: unknown, next: string | undefined): FakeAnswer {
  const linkTo = (asked: URLSearchParams, relation: string) => `<${origin}${path}?${asked}>; rel="${relation}"`
  const links = [linkTo(query, 'self')]
  if (next !== undefined) {
    const asked = new URLSearchParams(query)
    asked.set('after', next)
    links.push(linkTo(asked, 'next'))
  }
  return { headers: { link: links.join(', ') }, body }
}
