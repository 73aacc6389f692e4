import pg from 'pg'
import { idOf } from './fill-directory.ts'

export interface FilledPeople {
  /** Of nearly all; of fifty, all over; of the last three in a hundred. */
  directories: { main: string; small: string; late: string }
  /** Of every other person; of fifty. */
  groups: { half: string; small: string }
}

const filled: FilledPeople = {
  directories: { main: idOf(0xd1_0000_0000), small: idOf(0xd2_0000_0000), late: idOf(0xd3_0000_0000) },
  groups: { half: idOf(0xe1_0000_0000), small: idOf(0xe2_0000_0000) },
}

/**
 * Fills the people layer of an organization by plain SQL, set-based, as a superuser, and leaves the tables as autovacuum
 * would. The n-th person has the username `user-<n>`, a last name and an address of seven hexadecimal digits of the MD5 of n,
 * one of 500 first names, and the manager n / 10; one in a thousand is inactive, one in fifty is an editor.
 */
export async function fillPeople(superuserUrl: string, organizationId: string, count: number): Promise<FilledPeople> {
  const { directories, groups } = filled
  const client = new pg.Client({ connectionString: superuserUrl })
  await client.connect()
  try {
    await client.query(`
      SET session_replication_role = 'replica';
      CREATE TEMPORARY TABLE source AS
        SELECT n, '${organizationId}'::uuid AS o, ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid AS u,
          substr(md5(n::text), 1, 7) AS last, substr(md5('first' || n % 500), 1, 6) AS first,
          CASE WHEN n > ${count} * 0.97 THEN '${directories.late}'::uuid ELSE '${directories.main}'::uuid END AS d
        FROM generate_series(1, ${count}) n;
      INSERT INTO directories (organization_id, directory_id, name, type)
        SELECT '${organizationId}'::uuid, d::uuid, 'Directory', 'SCIM'
        FROM unnest(ARRAY['${Object.values(directories).join("','")}']) d;
      INSERT INTO users (organization_id, user_id, attributes, state, directory_id, manager_id)
        SELECT o, u, jsonb_build_object('email', last || '@bench.test', 'emailKey', last || '@bench.test',
            'firstName', first, 'firstNameKey', first, 'lastName', last, 'lastNameKey', last,
            'username', 'user-' || n, 'usernameKey', 'user-' || n, 'department', repeat('x', 300)),
          CASE WHEN n % 1000 = 7 THEN 'inactive' ELSE 'active' END, d,
          ('01900000-0000-7000-8000-' || lpad(to_hex(n / 10), 12, '0'))::uuid FROM source;
      INSERT INTO user_links (organization_id, directory_id, directory_user_id, user_id, active)
        SELECT o, d, u, u, true FROM source
        UNION ALL SELECT o, '${directories.small}', u, u, true FROM source WHERE n % (${count} / 50) = 0;
      INSERT INTO groups (organization_id, group_id, directory_id, name, name_key)
        SELECT '${organizationId}'::uuid, g::uuid, '${directories.main}'::uuid, g, g
        FROM unnest(ARRAY['${Object.values(groups).join("','")}']) g;
      INSERT INTO user_groups (organization_id, user_id, group_id, directory_id)
        SELECT o, u, '${groups.half}'::uuid, '${directories.main}'::uuid FROM source WHERE n % 2 = 0
        UNION ALL SELECT o, u, '${groups.small}', '${directories.main}' FROM source WHERE n % (${count} / 50) = 0;
      INSERT INTO user_roles (organization_id, user_id, role_id, source)
        SELECT o, u, 'editor', roles.source FROM source, (VALUES ('manual'), ('group:${groups.half}')) roles (source)
        WHERE n % 50 = 0;
      DROP TABLE source;
      SET session_replication_role = 'origin'`)
    await client.query('VACUUM ANALYZE')
  } finally {
    await client.end()
  }
  return filled
}
