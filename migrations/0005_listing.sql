-- What lists need: the folded form of texts beyond ASCII, instants as clients see them, orders, and counts.

-- To the millisecond, as `meta` shows them: whoever asks for what is later than what they have seen does not get it again.
-- The overlay: packages/scim, foldedOverlay; null for nearly everybody.
ALTER TABLE directory_users
  ADD COLUMN folded jsonb,
  ALTER COLUMN created_at TYPE timestamptz(3),
  ALTER COLUMN updated_at TYPE timestamptz(3);
ALTER TABLE directory_groups
  ADD COLUMN folded jsonb,
  ALTER COLUMN created_at TYPE timestamptz(3),
  ALTER COLUMN updated_at TYPE timestamptz(3);

-- Each of these finds by its key and is an order of the whole directory, broken by id; so those without a key are in it.
-- The key stands before the directory, for the reason given in 0002. The names of users need no tie-break.
DROP INDEX directory_users_external_id;
CREATE INDEX directory_users_external_id
  ON directory_users (organization_id, external_id, directory_id, directory_user_id);
DROP INDEX directory_users_display_name;
CREATE INDEX directory_users_display_name
  ON directory_users (organization_id, display_name_key, directory_id, directory_user_id);
DROP INDEX directory_groups_display_name;
CREATE INDEX directory_groups_display_name
  ON directory_groups (organization_id, display_name_key, directory_id, directory_group_id);

-- meta.lastModified. Every update writes it, so none is heap-only (HOT) any more, and each writes an entry into the other
-- indexes as well: a bare UPDATE takes a quarter longer, measured at a million users in full pages. Clients that poll for
-- changes need it; without it each of their requests would read the directory.
CREATE INDEX directory_users_modified ON directory_users (organization_id, updated_at, directory_id, directory_user_id);
CREATE INDEX directory_groups_modified ON directory_groups (organization_id, updated_at, directory_id, directory_group_id);

-- The few who are inactive, in order; the many who are active are found by walking through all. It may begin like the
-- primary key: nobody looks for an id with this condition.
CREATE INDEX directory_users_inactive ON directory_users (organization_id, directory_id, directory_user_id)
  WHERE NOT active;

-- How many a directory has, exact at every commit. A row of its own, locked just before the organization's sequence, as
-- one of the last things a transaction does (docs/decisions/0003).
CREATE TABLE directory_counts (
  organization_id uuid NOT NULL,
  directory_id uuid NOT NULL,
  user_count bigint NOT NULL,
  group_count bigint NOT NULL,
  PRIMARY KEY (organization_id, directory_id),
  FOREIGN KEY (organization_id, directory_id) REFERENCES directories ON DELETE CASCADE
) WITH (fillfactor = 10);

-- The owner is bound by the policy, too, except for this one statement.
ALTER TABLE directory_users NO FORCE ROW LEVEL SECURITY;
ALTER TABLE directory_groups NO FORCE ROW LEVEL SECURITY;
ALTER TABLE directories NO FORCE ROW LEVEL SECURITY;
INSERT INTO directory_counts (organization_id, directory_id, user_count, group_count)
SELECT d.organization_id, d.directory_id,
  (SELECT count(*) FROM directory_users u
    WHERE u.organization_id = d.organization_id AND u.directory_id = d.directory_id),
  (SELECT count(*) FROM directory_groups g
    WHERE g.organization_id = d.organization_id AND g.directory_id = d.directory_id)
FROM directories d;
ALTER TABLE directory_users FORCE ROW LEVEL SECURITY;
ALTER TABLE directory_groups FORCE ROW LEVEL SECURITY;
ALTER TABLE directories FORCE ROW LEVEL SECURITY;

SELECT isolate_by_organization('directory_counts');
GRANT SELECT, INSERT, UPDATE, DELETE ON directory_counts TO :"app_role";
