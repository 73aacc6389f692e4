import type { Provided } from '@muster/people'
import type { JsonObject } from '@muster/scim'
import { sql } from 'kysely'
import type { Reader } from '../database/read.ts'
import { send } from '../database/send.ts'
import { byRank } from '../people/settling/sayings.ts'
import { type Edge, edgesUp, type GroupFacts, groupFacts, type NamedGroup, namedGroups } from './group-facts.ts'
import { explainLimits } from './limits.ts'
import { type LinkFacts, linkFacts } from './link-facts.ts'
import { type ManagerFacts, managerFacts } from './manager-facts.ts'
import { type MappingFacts, mappingFacts, type RoleFacts, roleFacts } from './role-facts.ts'

/** All that an explanation of a person is made of, as it is at one moment. */
export interface PersonFacts {
  attributes: Provided
  manual: Provided
  pinned: Provided
  state: 'active' | 'inactive'
  directory_id: string | null
  idp_id: string | null
  manager_id: string | null
  /** The organization's. */
  sync_filters: JsonObject
  /** Highest rank first. */
  links: LinkFacts[] | null
  edges: Edge[] | null
  named: NamedGroup[] | null
  /** Groups that the person is in. */
  groups: GroupFacts[] | null
  roles: RoleFacts[] | null
  manager: ManagerFacts | null
  asked_group: GroupFacts | null
  /** The role mappings that give the role that was asked for. */
  mappings: MappingFacts[] | null
}

/** One statement, so that it is one moment. Undefined when there is no such person. */
export async function readPersonFacts(
  reader: Reader,
  userId: string,
  asked: { roleId?: string | undefined; groupId?: string | undefined },
): Promise<PersonFacts | undefined> {
  const { organizationId } = reader
  const mine = sql`organization_id = ${organizationId}`
  const ownGroups = sql`SELECT group_id FROM user_groups WHERE ${mine} AND user_id = ${userId}::uuid
    ORDER BY group_id LIMIT ${sql.lit(explainLimits.groups + 1)}`
  const askedGroup = groupFacts(organizationId, userId, sql`SELECT ${asked.groupId ?? null}::uuid AS group_id`)
  const [facts] = await send(
    reader.db,
    sql<PersonFacts>`
    WITH RECURSIVE own AS MATERIALIZED (
      SELECT directory_id, directory_user_id FROM user_links WHERE ${mine} AND user_id = ${userId}::uuid),
    ${edgesUp(organizationId)}
    SELECT u.attributes, u.manual, u.pinned, u.state, u.directory_id, u.idp_id, u.manager_id, o.sync_filters,
      (SELECT json_agg(s ORDER BY ${byRank}) FROM (${linkFacts(organizationId)}) s) AS links,
      (SELECT json_agg(n) FROM nearest n) AS edges,
      ${namedGroups(organizationId)} AS named,
      (SELECT json_agg(g ORDER BY g.name, g.group_id) FROM (${groupFacts(organizationId, userId, ownGroups)}) g) AS groups,
      ${roleFacts(organizationId, userId)} AS roles,
      ${managerFacts(organizationId, userId)} AS manager,
      (SELECT row_to_json(g) FROM (${askedGroup}) g) AS asked_group,
      ${asked.roleId === undefined ? sql`NULL::json` : mappingFacts(organizationId, userId, asked.roleId)} AS mappings
    FROM users u
    JOIN organizations o ON o.organization_id = ${organizationId}
    WHERE u.organization_id = ${organizationId} AND u.user_id = ${userId}::uuid`,
  )
  return facts
}

/** Whether everything was looked at: no limit was reached. */
export function isComplete({ edges, groups, roles, mappings }: PersonFacts): boolean {
  return (
    (edges?.length ?? 0) <= explainLimits.edges &&
    (groups?.length ?? 0) <= explainLimits.groups &&
    (roles?.length ?? 0) <= explainLimits.roles &&
    (mappings?.length ?? 0) <= explainLimits.mappings
  )
}
