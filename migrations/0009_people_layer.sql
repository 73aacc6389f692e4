-- The people layer in full: settings that say what becomes of directories, groups and roles of people, removals that wait.

ALTER TABLE organizations
  DROP CONSTRAINT organizations_link_by_email_check,
  ADD CONSTRAINT organizations_link_by_email_check CHECK (link_by_email IN ('organization', 'verifiedDomains', 'never')),
  -- In lower case; addresses of other domains lead to nobody under 'verifiedDomains'.
  ADD COLUMN verified_domains text[] NOT NULL DEFAULT '{}',
  ADD COLUMN admin_email text,
  -- packages/people: SyncFilters and Guard, as far as they differ from their defaults.
  ADD COLUMN sync_filters jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN guard jsonb NOT NULL DEFAULT '{}',
  -- Null: a hold stays until somebody decides.
  ADD COLUMN hold_expiry_hours integer CHECK (hold_expiry_hours > 0),
  ADD COLUMN has_role_mappings boolean NOT NULL DEFAULT false,
  -- Grows with every change of what people are derived by, here, in a directory or a role mapping. Who derives by remembered
  -- settings compares it before COMMIT.
  ADD COLUMN settings_version bigint NOT NULL DEFAULT 1;

ALTER TABLE directories
  -- packages/people: a Mapping over the defaults of the type; SyncFilters.
  ADD COLUMN mapping jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN sync_filters jsonb NOT NULL DEFAULT '{}';

-- What the filters say as far as they ask for no group.
ALTER TABLE directory_users ADD COLUMN selected boolean NOT NULL DEFAULT true;

ALTER TABLE users
  -- Values that an administrator gave: below every directory, and above every directory.
  ADD COLUMN manual jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN pinned jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN manager_id uuid,
  -- Folded by the application, beside the values themselves: see email_key.
  ADD COLUMN first_name_key text COLLATE "C" GENERATED ALWAYS AS (attributes ->> 'firstNameKey') STORED,
  ADD COLUMN last_name_key text COLLATE "C" GENERATED ALWAYS AS (attributes ->> 'lastNameKey') STORED,
  ADD COLUMN username_key text COLLATE "C" GENERATED ALWAYS AS (attributes ->> 'usernameKey') STORED,
  ADD COLUMN manager_key text COLLATE "C" GENERATED ALWAYS AS (attributes ->> 'managerKey') STORED;

-- A link outlives its directory user while the removal waits: what the directory said last is kept here.
ALTER TABLE user_links
  DROP CONSTRAINT user_links_organization_id_directory_id_directory_user_id_fkey,
  ADD COLUMN hold_id uuid,
  ADD COLUMN kept jsonb;
CREATE INDEX user_links_held ON user_links (organization_id, hold_id) WHERE hold_id IS NOT NULL;

-- The groups of people: those of the directory layer, and those whose removal waits.
CREATE TABLE groups (
  organization_id uuid NOT NULL,
  group_id uuid NOT NULL,
  directory_id uuid NOT NULL,
  name text NOT NULL,
  name_key text COLLATE "C" NOT NULL,
  idp_id text,
  hold_id uuid,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  updated_at timestamptz(3) NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, group_id)
);
CREATE INDEX groups_name ON groups (organization_id, name_key, group_id);
CREATE INDEX groups_directory ON groups (organization_id, directory_id, group_id);
CREATE INDEX groups_held ON groups (organization_id, hold_id) WHERE hold_id IS NOT NULL;
SELECT isolate_by_organization('groups');
GRANT SELECT, INSERT, UPDATE, DELETE ON groups TO :"app_role";

-- Who is in which group, groups inside groups included. Inactive people are in none. Without foreign keys: settlePeople and
-- settleGroups derive every row, and a check a row would cost more than the row.
CREATE TABLE user_groups (
  organization_id uuid NOT NULL,
  user_id uuid NOT NULL,
  group_id uuid NOT NULL,
  directory_id uuid NOT NULL,
  hold_id uuid,
  PRIMARY KEY (organization_id, user_id, group_id)
);
-- Unique, so that the group may stand first: see 0002.
CREATE UNIQUE INDEX user_groups_of_group ON user_groups (group_id, organization_id, user_id);
CREATE INDEX user_groups_held ON user_groups (organization_id, hold_id) WHERE hold_id IS NOT NULL;
SELECT isolate_by_organization('user_groups');
GRANT SELECT, INSERT, UPDATE, DELETE ON user_groups TO :"app_role";

-- One row a role and source: 'manual', or 'group:' and the group's id.
CREATE TABLE user_roles (
  organization_id uuid NOT NULL,
  user_id uuid NOT NULL,
  role_id text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, user_id, role_id, source)
);
CREATE INDEX user_roles_of_role ON user_roles (organization_id, role_id, user_id);
SELECT isolate_by_organization('user_roles');
GRANT SELECT, INSERT, UPDATE, DELETE ON user_roles TO :"app_role";

-- A group, by its id or by its name (in one directory or in all), and the roles its people have.
CREATE TABLE role_mappings (
  organization_id uuid NOT NULL REFERENCES organizations,
  role_mapping_id uuid NOT NULL,
  directory_id uuid,
  group_id uuid,
  group_name text,
  group_name_key text COLLATE "C",
  role_ids text[] NOT NULL CHECK (cardinality(role_ids) > 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, role_mapping_id),
  CHECK (num_nonnulls(group_id, group_name) = 1),
  CHECK ((group_name IS NULL) = (group_name_key IS NULL))
);
CREATE INDEX role_mappings_group ON role_mappings (organization_id, group_id) WHERE group_id IS NOT NULL;
CREATE INDEX role_mappings_group_name ON role_mappings (organization_id, group_name_key) WHERE group_name_key IS NOT NULL;
SELECT isolate_by_organization('role_mappings');
GRANT SELECT, INSERT, UPDATE, DELETE ON role_mappings TO :"app_role";

-- Removals that wait for a decision; the rows that wait name the hold.
CREATE TABLE holds (
  organization_id uuid NOT NULL REFERENCES organizations,
  hold_id uuid NOT NULL,
  -- Null: of several directories.
  directory_id uuid,
  reason text NOT NULL CHECK (reason IN ('push', 'settings', 'directory_deleted', 'sync')),
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'approved', 'rejected', 'expired', 'withdrawn')),
  cause jsonb NOT NULL,
  -- What made the guard hold: { kind, removals }.
  tripped jsonb NOT NULL,
  -- A change of settings that is made only when the hold is approved, when what it would remove cannot wait row by row.
  pending jsonb,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  reminded_at timestamptz,
  decided_at timestamptz,
  decided_by jsonb,
  PRIMARY KEY (organization_id, hold_id)
);
-- What one directory pushes waits together.
CREATE UNIQUE INDEX holds_open_push ON holds (organization_id, directory_id) WHERE status = 'open' AND reason = 'push';
SELECT isolate_by_organization('holds');
GRANT SELECT, INSERT, UPDATE ON holds TO :"app_role";

-- Routing table: who looks for holds that are due does not know the organizations. No policy, no personal data.
CREATE TABLE hold_routes (
  hold_id uuid PRIMARY KEY,
  organization_id uuid NOT NULL
);
GRANT SELECT, INSERT, DELETE ON hold_routes TO :"app_role";

-- What a directory pushed to be removed, by the minute: the guard's sliding window. One row for each minute of the hour: whoever
-- comes an hour later begins it anew.
CREATE TABLE removal_counts (
  organization_id uuid NOT NULL,
  directory_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('users', 'groups', 'memberships')),
  minute_of_hour smallint NOT NULL,
  minute timestamptz NOT NULL,
  -- All that were asked for, and those that were carried out at once.
  asked integer NOT NULL,
  applied integer NOT NULL,
  PRIMARY KEY (organization_id, directory_id, kind, minute_of_hour)
);
SELECT isolate_by_organization('removal_counts');
GRANT SELECT, INSERT, UPDATE, DELETE ON removal_counts TO :"app_role";

-- Deriving many people anew, piece by piece, each piece a transaction.
CREATE TABLE settlements (
  organization_id uuid NOT NULL REFERENCES organizations,
  settlement_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('directory_users', 'roles', 'hold')),
  -- Null: of all directories.
  directory_id uuid,
  -- Of an approval: what is let go. Of a change: where its removals wait; null when they do not.
  hold_id uuid,
  status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'done')),
  -- The last directory and the last id that are done.
  after_directory_id uuid,
  after_id uuid,
  total bigint NOT NULL,
  done bigint NOT NULL DEFAULT 0,
  cause jsonb NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, settlement_id)
);
SELECT isolate_by_organization('settlements');
GRANT SELECT, INSERT, UPDATE, DELETE ON settlements TO :"app_role";

-- Active links and memberships of people, of each directory: what the guard takes a share of.
ALTER TABLE directory_counts
  ADD COLUMN active_user_count bigint NOT NULL DEFAULT 0,
  ADD COLUMN membership_count bigint NOT NULL DEFAULT 0;

-- The services cannot change what was said, but for this: erasing a person takes the data out of what was said of it.
GRANT UPDATE (data) ON events TO :"app_role";
CREATE POLICY only_erases ON events AS RESTRICTIVE FOR UPDATE
  USING (true) WITH CHECK (data::text = '{"erased":true}');

-- What is there already. The owner is bound by the policies, too, except for these statements.
ALTER TABLE directory_groups NO FORCE ROW LEVEL SECURITY;
ALTER TABLE directory_users NO FORCE ROW LEVEL SECURITY;
ALTER TABLE directory_counts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE memberships NO FORCE ROW LEVEL SECURITY;
ALTER TABLE user_links NO FORCE ROW LEVEL SECURITY;
ALTER TABLE users NO FORCE ROW LEVEL SECURITY;
ALTER TABLE groups NO FORCE ROW LEVEL SECURITY;
ALTER TABLE user_groups NO FORCE ROW LEVEL SECURITY;

CREATE FUNCTION pg_temp.with_keys(attributes jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT attributes || jsonb_strip_nulls(jsonb_build_object(
    'firstNameKey', lower(normalize(attributes ->> 'firstName', NFKC)),
    'lastNameKey', lower(normalize(attributes ->> 'lastName', NFKC)),
    'usernameKey', lower(normalize(attributes ->> 'username', NFKC))))
$$;
UPDATE directory_users SET mapped = pg_temp.with_keys(mapped);
UPDATE users SET attributes = pg_temp.with_keys(attributes);

INSERT INTO groups (organization_id, group_id, directory_id, name, name_key, idp_id, created_at, updated_at)
SELECT organization_id, directory_group_id, directory_id, display_name, display_name_key, external_id, created_at, updated_at
FROM directory_groups;

WITH RECURSIVE reached (organization_id, user_id, directory_id, group_id) AS (
  SELECT l.organization_id, l.user_id, l.directory_id, m.directory_group_id
  FROM user_links l
  JOIN users u USING (organization_id, user_id)
  JOIN memberships m ON m.organization_id = l.organization_id AND m.directory_id = l.directory_id
    AND m.directory_user_id = l.directory_user_id
  WHERE l.active AND u.state = 'active'
  UNION
  SELECT r.organization_id, r.user_id, r.directory_id, m.directory_group_id
  FROM reached r
  JOIN memberships m ON m.organization_id = r.organization_id AND m.directory_id = r.directory_id
    AND m.child_group_id = r.group_id
)
INSERT INTO user_groups (organization_id, user_id, group_id, directory_id)
SELECT organization_id, user_id, group_id, directory_id FROM reached;

UPDATE directory_counts c SET
  active_user_count = (SELECT count(*) FROM user_links l
    WHERE l.organization_id = c.organization_id AND l.directory_id = c.directory_id AND l.active),
  membership_count = (SELECT count(*) FROM user_groups g
    WHERE g.organization_id = c.organization_id AND g.directory_id = c.directory_id);

ALTER TABLE directory_groups FORCE ROW LEVEL SECURITY;
ALTER TABLE directory_users FORCE ROW LEVEL SECURITY;
ALTER TABLE directory_counts FORCE ROW LEVEL SECURITY;
ALTER TABLE memberships FORCE ROW LEVEL SECURITY;
ALTER TABLE user_links FORCE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
ALTER TABLE groups FORCE ROW LEVEL SECURITY;
ALTER TABLE user_groups FORCE ROW LEVEL SECURITY;

CREATE INDEX users_first_name ON users (organization_id, first_name_key, user_id) WHERE first_name_key IS NOT NULL;
CREATE INDEX users_last_name ON users (organization_id, last_name_key, user_id) WHERE last_name_key IS NOT NULL;
CREATE INDEX users_username ON users (organization_id, username_key, user_id) WHERE username_key IS NOT NULL;
-- Whose manager is not there yet.
CREATE INDEX users_waiting ON users (organization_id, manager_key)
  WHERE manager_key IS NOT NULL AND manager_id IS NULL;
CREATE INDEX users_manager ON users (organization_id, manager_id) WHERE manager_id IS NOT NULL;
