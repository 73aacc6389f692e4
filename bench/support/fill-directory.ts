import pg from 'pg'

/** The id of the n-th user. */
export function idOf(n: number): string {
  return `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`
}

/**
 * Fills a directory by plain SQL, set-based, as a superuser: users of 1.2 KB with an address, `user-<n>@bench.test`, each
 * changed a second after the one before; a group for every fifty of them; and the people that follow. Leaves the tables as
 * autovacuum would.
 */
export async function fillDirectory(
  superuserUrl: string,
  { organizationId, directoryId }: { organizationId: string; directoryId: string },
  count: number,
): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl })
  await client.connect()
  const place = `'${organizationId}'::uuid, '${directoryId}'::uuid`
  try {
    await client.query(`
      SET session_replication_role = 'replica';
      CREATE TEMPORARY TABLE source AS
        SELECT n, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS id, 'user-' || n || '@bench.test' AS email
        FROM generate_series(1, ${count}) n;
      INSERT INTO directory_users (organization_id, directory_id, directory_user_id, user_name_key, display_name_key,
          external_id, active, resource, mapped, updated_at)
        SELECT ${place}, id, email, 'name ' || n % 1000, 'ext-' || n, n % 100 > 0, jsonb_build_object(
            'schemas', '["urn:ietf:params:scim:schemas:core:2.0:User"]'::jsonb, 'userName', email, 'externalId', 'ext-' || n,
            'displayName', 'Name ' || n % 1000, 'title', 'Title ' || n % 50, 'active', n % 100 > 0,
            'emails', jsonb_build_array(jsonb_build_object('value', email, 'type', 'work', 'primary', true)),
            'addresses', jsonb_build_array(jsonb_build_object('type', 'work', 'formatted', repeat('x', 700)))),
          jsonb_build_object('email', email, 'emailKey', email, 'username', email, 'usernameKey', email, 'title',
            'Title ' || n % 50), timestamptz '2026-01-01Z' + n * interval '1 second'
        FROM source;
      INSERT INTO directory_user_emails SELECT ${place}, id, 0, email, 'work' FROM source;
      INSERT INTO users (organization_id, user_id, attributes, state, directory_id, idp_id)
        SELECT organization_id, directory_user_id, mapped, CASE WHEN active THEN 'active' ELSE 'inactive' END, directory_id,
          external_id FROM directory_users;
      INSERT INTO user_links SELECT ${place}, id, id, n % 100 > 0 FROM source;
      INSERT INTO email_claims SELECT '${organizationId}', email, id FROM source;
      INSERT INTO directory_groups (organization_id, directory_id, directory_group_id, display_name, display_name_key,
          unique_name, resource)
        SELECT ${place}, id, 'Group ' || n, 'group ' || n, true, jsonb_build_object('displayName', 'Group ' || n)
        FROM source WHERE n % 50 = 0;
      INSERT INTO memberships (organization_id, directory_id, directory_group_id, directory_user_id)
        SELECT ${place}, g.id, u.id FROM source u JOIN source g ON g.n = (u.n + 49) / 50 * 50;
      INSERT INTO groups (organization_id, group_id, directory_id, name, name_key)
        SELECT organization_id, directory_group_id, directory_id, display_name, display_name_key FROM directory_groups;
      INSERT INTO user_groups (organization_id, user_id, group_id, directory_id)
        SELECT m.organization_id, m.directory_user_id, m.directory_group_id, m.directory_id
        FROM memberships m JOIN users u ON u.user_id = m.directory_user_id WHERE u.state = 'active';
      INSERT INTO directory_counts
        SELECT ${place}, ${count}, ${Math.floor(count / 50)}, ${count - Math.floor(count / 100)}, count(*) FROM user_groups;
      DROP TABLE source;
      SET session_replication_role = 'origin'`)
    await client.query('VACUUM ANALYZE')
  } finally {
    await client.end()
  }
}
