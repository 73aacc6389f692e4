import { comparisonKey } from '@muster/scim'
import { sql } from 'kysely'
import type { Sql } from '../filters/sql-condition.ts'
import type { Criterion, OrderedFinder } from './criterion.ts'
import { beginsWith } from './prefix-range.ts'
import { searchWords } from './search-words.ts'

/** Which people; what is undefined narrows nothing. Ids are UUIDs. */
export interface UserQuery {
  /** Exactly these people, each id once. */
  ids?: readonly string[] | undefined
  /** The whole address, in any case. */
  email?: string | undefined
  /** Up to five words; with each the address, first name, last name or username begins, in any case. */
  q?: string | undefined
  state?: 'active' | 'inactive' | undefined
  /** Whom this directory holds. */
  directoryId?: string | undefined
  /** Who is in this group, or in a group inside it. */
  groupId?: string | undefined
  /** Who has this role, from wherever. */
  roleId?: string | undefined
  /** Whose manager this person is. */
  managerId?: string | undefined
  /** `manual`: whom no directory ever held. */
  source?: 'directory' | 'manual' | undefined
}

type Part<Wanted> = (organizationId: string, wanted: Wanted) => Criterion[]

/** In the order in which their finders are preferred when each finds many. */
const parts: { [K in keyof UserQuery]-?: Part<NonNullable<UserQuery[K]>> } = {
  ids: (organizationId, ids) => [idsCriterion(organizationId, ids)],
  email: (organizationId, email) => [keyCriterion(organizationId, 'email_key', sql`${comparisonKey(email)}`)],
  managerId: (organizationId, managerId) => [keyCriterion(organizationId, 'manager_id', sql`${managerId}::uuid`)],
  q: (organizationId, text) => searchWords(text).map((word) => wordCriterion(organizationId, word)),
  groupId: (organizationId, groupId) => [groupCriterion(organizationId, groupId)],
  roleId: (organizationId, roleId) => [roleCriterion(organizationId, roleId)],
  source: (organizationId, source) => [sourceCriterion(organizationId, source)],
  directoryId: (organizationId, directoryId) => [directoryCriterion(organizationId, directoryId)],
  state: (organizationId, state) => [stateCriterion(organizationId, state)],
}

/** @throws `invalidValue` for a search of too many words */
export function userCriteria(organizationId: string, query: UserQuery): Criterion[] {
  return Object.entries(parts).flatMap(([name, part]) => {
    const wanted = query[name as keyof UserQuery]
    return wanted === undefined ? [] : (part as Part<unknown>)(organizationId, wanted)
  })
}

const listed = (column: string) => sql.ref(`listed.${column}`)

/** People of the organization as rows of `w`. */
function people(organizationId: string, condition: Sql): OrderedFinder {
  return {
    kind: 'ordered',
    table: sql.table('users'),
    condition: sql`w.organization_id = ${organizationId}::uuid AND ${condition}`,
    id: sql.ref('w.user_id'),
  }
}

function userIds(organizationId: string, condition: Sql): Sql {
  return sql`SELECT user_id AS id FROM users WHERE organization_id = ${organizationId}::uuid AND ${condition}`
}

function idsCriterion(organizationId: string, ids: readonly string[]): Criterion {
  const wanted = sql`${ids}::uuid[]`
  const looked = sql`SELECT found.user_id AS id FROM unnest(${wanted}) AS wanted (id) CROSS JOIN LATERAL (
    SELECT user_id FROM users WHERE organization_id = ${organizationId}::uuid AND user_id = wanted.id OFFSET 0) found`
  return { holds: sql`${listed('user_id')} = ANY (${wanted})`, finder: { kind: 'key', queries: [looked] } }
}

function keyCriterion(organizationId: string, column: 'email_key' | 'manager_id', key: Sql): Criterion {
  return {
    holds: sql`${listed(column)} = ${key}`,
    finder: { kind: 'key', queries: [userIds(organizationId, sql`${sql.ref(column)} = ${key}`)] },
  }
}

const searchedColumns = ['email_key', 'username_key', 'last_name_key', 'first_name_key'] as const

function wordCriterion(organizationId: string, word: string): Criterion {
  const anyColumn = searchedColumns.map((column) => beginsWith(listed(column), word))
  return {
    holds: sql`(${sql.join(anyColumn, sql` OR `)})`,
    finder: {
      kind: 'range',
      queries: searchedColumns.map((column) => userIds(organizationId, beginsWith(sql.ref(column), word))),
    },
  }
}

function groupCriterion(organizationId: string, groupId: string): Criterion {
  return {
    holds: sql`EXISTS (SELECT FROM user_groups ug WHERE ug.organization_id = ${organizationId}::uuid
      AND ug.user_id = ${listed('user_id')} AND ug.group_id = ${groupId}::uuid OFFSET 0)`,
    finder: {
      kind: 'ordered',
      table: sql.table('user_groups'),
      condition: sql`w.organization_id = ${organizationId}::uuid AND w.group_id = ${groupId}::uuid`,
      id: sql.ref('w.user_id'),
    },
  }
}

/** A person has one role from several sources; the first counts. */
function roleCriterion(organizationId: string, roleId: string): Criterion {
  return {
    holds: sql`EXISTS (SELECT FROM user_roles ur WHERE ur.organization_id = ${organizationId}::uuid
      AND ur.user_id = ${listed('user_id')} AND ur.role_id = ${roleId} OFFSET 0)`,
    finder: {
      kind: 'ordered',
      table: sql.table('user_roles'),
      condition: sql`w.organization_id = ${organizationId}::uuid AND w.role_id = ${roleId}`,
      counts: sql`NOT EXISTS (
        SELECT FROM user_roles other WHERE other.organization_id = ${organizationId}::uuid
          AND other.user_id = w.user_id AND other.role_id = ${roleId} AND other.source < w.source OFFSET 0)`,
      id: sql.ref('w.user_id'),
    },
  }
}

/** The lowest id there could be: the condition of `user_links_of_directory`. */
const everyLink = sql`w.user_id > '00000000-0000-0000-0000-000000000000'`

function directoryCriterion(organizationId: string, directoryId: string): Criterion {
  return {
    holds: sql`EXISTS (SELECT FROM user_links l WHERE l.organization_id = ${organizationId}::uuid
      AND l.user_id = ${listed('user_id')} AND l.directory_id = ${directoryId}::uuid OFFSET 0)`,
    finder: {
      kind: 'ordered',
      table: sql.table('user_links'),
      condition: sql`w.organization_id = ${organizationId}::uuid AND w.directory_id = ${directoryId}::uuid AND ${everyLink}`,
      id: sql.ref('w.user_id'),
    },
  }
}

/** A literal: as a parameter it would be taken for what most people are, and who is not would be looked for among all. */
function stateCriterion(organizationId: string, state: string): Criterion {
  return {
    holds: sql`${listed('state')} = ${state}`,
    finder: people(organizationId, sql`w.state = ${sql.lit(state)}`),
  }
}

/** Nearly all are of a directory: no index has them. */
function sourceCriterion(organizationId: string, source: string): Criterion {
  if (source === 'directory') return { holds: sql`${listed('directory_id')} IS NOT NULL` }
  return {
    holds: sql`${listed('directory_id')} IS NULL`,
    finder: people(organizationId, sql`w.directory_id IS NULL`),
  }
}
