import { newUuid } from '@muster/runtime/type-ids'
import type pg from 'pg'
import type { OrganizationScope } from '../../src/index.ts'
import { addDirectory, type TestDirectory } from './directory.ts'
import type { Installation } from './installation.ts'

export interface LargeDirectory {
  scope: OrganizationScope
  directory: TestDirectory
  /** All users are in it. */
  groupId: string
  /** One of the users in the middle: `user-25000@acme.test`, externalId `ext-25000`, changed 25,000 seconds into 2026. */
  userId: string
}

/** A directory that will be large: nobody is in it yet. */
export async function planLargeDirectory(installation: Installation): Promise<LargeDirectory> {
  const scope = await installation.addOrganization('Large')
  const directory = await addDirectory(installation.database, scope)
  return { scope, directory, groupId: newUuid(), userId: newUuid() }
}

/**
 * Fills one directory of one organization by plain SQL (takes a superuser's connection): users with an address, each
 * changed a second after the one before, one in a thousand inactive; their people, links and claims; a thousand groups,
 * one of them with everybody in it, and in another one; a role that everybody has, for two reasons.
 */
export async function fillLargeDirectory(
  superuser: pg.Client,
  { scope, directory, groupId, userId }: LargeDirectory,
  count: number,
): Promise<void> {
  const names = `'${scope.organizationId}'::uuid AS o, '${directory.directoryId}'::uuid AS d`
  await superuser.query(`
    SET session_replication_role = 'replica';
    CREATE TEMPORARY TABLE source AS SELECT ${names}, n,
      CASE n WHEN ${Math.floor(count / 2)} THEN '${userId}' ELSE gen_random_uuid() END AS du, gen_random_uuid() AS u,
      'user-' || n || '@acme.test' AS email FROM generate_series(1, ${count}) n;
    INSERT INTO directory_users (organization_id, directory_id, directory_user_id, user_name_key, display_name_key,
        external_id, active, resource, mapped, updated_at)
      SELECT o, d, du, email, 'name ' || n % 5000, 'ext-' || n, n % 1000 > 0, json_build_object('userName', email),
        json_build_object('email', email, 'emailKey', email), timestamptz '2026-01-01Z' + n * interval '1 second'
      FROM source;
    INSERT INTO directory_counts SELECT o, d, ${count}, 1000 FROM source WHERE n = 1;
    INSERT INTO directory_user_emails SELECT o, d, du, 0, email, 'work' FROM source;
    INSERT INTO users (organization_id, user_id, attributes, state, directory_id)
      SELECT o, u, json_build_object('email', email, 'emailKey', email,
          'lastNameKey', 'name ' || n % 5000), 'active', d FROM source;
    INSERT INTO user_links SELECT o, d, du, u, true FROM source;
    INSERT INTO email_claims SELECT o, email, u FROM source;
    INSERT INTO directory_groups
        (organization_id, directory_id, directory_group_id, display_name, display_name_key, unique_name, resource)
      SELECT o, d, CASE n WHEN 1 THEN '${groupId}' ELSE gen_random_uuid() END, 'Group ' || n, 'group ' || n, true, '{}'
      FROM source WHERE n <= 1000;
    INSERT INTO groups (organization_id, directory_id, group_id, name, name_key)
      SELECT organization_id, directory_id, directory_group_id, display_name, display_name_key FROM directory_groups
      WHERE organization_id = '${scope.organizationId}';
    INSERT INTO user_groups (organization_id, directory_id, group_id, user_id)
      SELECT o, d, g.group_id, u FROM source CROSS JOIN groups g
      WHERE g.organization_id = o AND (g.group_id = '${groupId}' OR g.name = 'Group 2');
    INSERT INTO user_roles (organization_id, user_id, role_id, source)
      SELECT o, u, 'editor', roles.source FROM source, (VALUES ('manual'), ('other')) roles (source);
    INSERT INTO memberships (organization_id, directory_id, directory_group_id, directory_user_id)
      SELECT o, d, '${groupId}', du FROM source;
    INSERT INTO memberships (organization_id, directory_id, directory_group_id, child_group_id)
      SELECT organization_id, directory_id, directory_group_id, '${groupId}' FROM directory_groups
      WHERE display_name = 'Group 2' AND organization_id = '${scope.organizationId}';
    SET session_replication_role = 'origin'`)
}
