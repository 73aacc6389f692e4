import { type AttributeChanges, attributeChanges, mergePerson, type PersonSource, type Provided } from '@muster/people'
import type { JsonObject } from '@muster/scim'
import { sql } from 'kysely'
import { pipelined } from '../database/pipelined.ts'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'
import { derivedColumns } from '../directory-users/columns.ts'
import type { PlanBasis } from './plan-basis.ts'
import { passingUsers } from './plan-groups.ts'

/** What a change would do to somebody. `created`: a directory user without a person gets one. */
export interface PlannedEffect {
  effect: 'deactivated' | 'reactivated' | 'updated' | 'created'
  /** Null: of a directory user that has no person yet. */
  userId: string | null
  /** The bare UUID, as SCIM shows it; of several the one that makes the difference. */
  directoryUserId: string
  userName: string | null
  changes: AttributeChanges
}

/** A page of people under a change. */
export interface PlannedPage {
  effects: PlannedEffect[]
  /** Directory users of the page that count today, and those of them that no longer would. */
  links: { population: number; removals: number }
  /** Active people of the page. */
  population: number
  next: string | undefined
}

interface LinkRow {
  user_id: string
  directory_id: string
  directory_user_id: string
  link_active: boolean
  hold_id: string | null
  kept: { mapped: Provided; externalId: string | null } | null
  /** Null, like what follows, when the directory user is gone. */
  active: boolean | null
  selected: boolean
  mapped: Provided
  external_id: string | null
  /** Null unless documents are read. */
  resource: JsonObject | null
  /** Of the directory: microseconds. */
  created: number
}

interface PersonRow {
  user_id: string
  attributes: Provided
  state: 'active' | 'inactive'
  directory_id: string | null
  idp_id: string | null
  manual: Provided
  pinned: Provided
}

/** What `pageRows` people behind the place `after` would be; of one directory, or of all. Reads, and locks nothing. */
export async function planPeople(
  reader: Reader,
  basis: PlanBasis,
  directoryId: string | null,
  page: { after: string; rows: number },
): Promise<PlannedPage> {
  const places = await nextPeople(reader, directoryId, page)
  const ids = JSON.stringify(places.map((place) => place.user_id))
  const [people, links] = await pipelined(loadPeople(reader, ids), loadLinks(reader, ids, basis))
  const passing = await passingUsers(reader, basis, links)
  const linksOf = Map.groupBy(links, (link) => link.user_id)
  const planned = people.map((person) => planPerson(basis, person, linksOf.get(person.user_id) ?? [], passing))
  const sum = (count: (one: PlannedPerson) => number) => planned.reduce((total, one) => total + count(one), 0)
  return {
    effects: planned.flatMap(({ effect }) => effect ?? []),
    links: { population: sum((one) => one.activeLinks), removals: sum((one) => one.removals) },
    population: people.filter((person) => person.state === 'active').length,
    next: places.length < page.rows ? undefined : places.at(-1)?.place,
  }
}

interface PlannedPerson {
  activeLinks: number
  removals: number
  effect: PlannedEffect | undefined
}

function planPerson(
  basis: PlanBasis,
  person: PersonRow,
  links: readonly LinkRow[],
  passing: ReadonlySet<string>,
): PlannedPerson {
  const ranked = links.toSorted((left, right) => byRank(basis, left, right))
  const planned = ranked.map((link) => ({ link, source: sourceOf(basis, link, passing) }))
  const concerned = ranked.filter((link) => link.active !== null && basis.affected.has(link.directory_id))
  const ends = ({ link, source }: (typeof planned)[number]) => link.link_active && !source.active
  const counts = {
    activeLinks: concerned.filter((link) => link.link_active).length,
    removals: planned.filter(ends).length,
  }
  const decisive = planned.find(ends)?.link ?? concerned[0] ?? ranked[0]
  if (decisive === undefined) return { ...counts, effect: undefined }
  const sources = planned.map(({ source }) => source)
  const { attributes, state, manual, pinned } = person
  const before = { attributes, state, directoryId: person.directory_id, idpId: person.idp_id, manual, pinned }
  const after = mergePerson(before, sources, { wasHeld: false })
  const changes = attributeChanges(attributes, after.attributes)
  const moves = after.directoryId !== before.directoryId || after.idpId !== before.idpId
  const turns = { active: 'reactivated', inactive: 'deactivated' } as const
  const updates = moves || Object.keys(changes).length > 0 ? ('updated' as const) : undefined
  const effect = after.state === state ? updates : turns[after.state]
  const who = { userId: person.user_id, directoryUserId: decisive.directory_user_id }
  return {
    ...counts,
    effect: effect && { effect, ...who, userName: attributes.username ?? null, changes },
  }
}

/** The highest rank first: listed directories in their order, then by age. */
function byRank({ places }: PlanBasis, left: LinkRow, right: LinkRow): number {
  const place = ({ directory_id: id }: LinkRow) => places.get(id) ?? places.size
  const older = left.created - right.created || (left.directory_id < right.directory_id ? -1 : 1)
  return place(left) - place(right) || older
}

/** What a link would say. A removal that waits already goes on waiting, and so does what a gone directory user said. */
function sourceOf(basis: PlanBasis, link: LinkRow, passing: ReadonlySet<string>): PersonSource {
  const { directory_id: directoryId, link_active: isActive, external_id: externalId } = link
  if (link.active === null) {
    const { mapped = {}, externalId: idpId = null } = link.kept ?? {}
    return { directoryId, active: isActive, provided: mapped, idpId }
  }
  const settings = basis.affected.get(directoryId)
  if (settings === undefined) return { directoryId, active: isActive, provided: link.mapped, idpId: externalId }
  const { active: said, resource: document, mapped: before } = link
  const { mapped, selected } = document === null ? link : derivedColumns({ document, active: said, before }, settings)
  const wanted = link.active && selected && passing.has(link.directory_user_id)
  const active = wanted || (isActive && link.hold_id !== null)
  return { directoryId, active, provided: mapped, idpId: externalId }
}

function nextPeople(
  { organizationId, db }: Reader,
  directoryId: string | null,
  { after, rows }: { after: string; rows: number },
): Promise<{ place: string; user_id: string }[]> {
  if (directoryId === null) {
    return send(
      db,
      sql`SELECT user_id AS place, user_id FROM users WHERE organization_id = ${organizationId} AND user_id > ${after}
        ORDER BY user_id LIMIT ${rows}`,
    )
  }
  return send(
    db,
    sql`SELECT directory_user_id AS place, user_id FROM user_links WHERE organization_id = ${organizationId}
      AND directory_id = ${directoryId} AND directory_user_id > ${after} ORDER BY directory_user_id LIMIT ${rows}`,
  )
}

function loadPeople({ organizationId, db }: Reader, ids: string): Promise<PersonRow[]> {
  return send(
    db,
    sql`
    SELECT u.* FROM json_array_elements_text(${ids}::json) AS given (id)
    CROSS JOIN LATERAL (
      SELECT user_id, attributes, state, directory_id, idp_id, manual, pinned FROM users
      WHERE organization_id = ${organizationId} AND user_id = given.id::uuid OFFSET 0) u`,
  )
}

function loadLinks({ organizationId, db }: Reader, ids: string, { readsDocuments }: PlanBasis): Promise<LinkRow[]> {
  return send(
    db,
    sql`
    SELECT l.user_id, l.directory_id, l.directory_user_id, l.active AS link_active, l.hold_id, l.kept, du.*,
      (extract(epoch FROM COALESCE(d.created_at, (l.kept ->> 'directoryCreatedAt')::timestamptz)) * 1000000)::bigint
        AS created
    FROM json_array_elements_text(${ids}::json) AS given (id)
    CROSS JOIN LATERAL (
      SELECT * FROM user_links WHERE organization_id = ${organizationId} AND user_id = given.id::uuid OFFSET 0) l
    LEFT JOIN LATERAL (
      SELECT active, selected, mapped, external_id, CASE WHEN ${readsDocuments} THEN resource END AS resource
      FROM directory_users WHERE organization_id = ${organizationId} AND directory_id = l.directory_id
        AND directory_user_id = l.directory_user_id OFFSET 0) du ON true
    LEFT JOIN LATERAL (
      SELECT created_at FROM directories WHERE organization_id = ${organizationId} AND directory_id = l.directory_id
      OFFSET 0) d ON true`,
  )
}
