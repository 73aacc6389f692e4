-- The directory layer: exactly what a source said, nothing derived. SCIM reads and writes only these tables.
--
-- Keys are (organization_id, directory_id, id): one index serves look-up, listing in order of creation (UUIDv7) and
-- the foreign keys, which therefore cannot reach into another directory.

CREATE TABLE directory_users (
  organization_id uuid NOT NULL,
  directory_id uuid NOT NULL,
  directory_user_id uuid NOT NULL,
  -- Keys are folded by the application (comparisonKey in packages/scim), so that SQL and memory agree.
  user_name_key text COLLATE "C" NOT NULL,
  display_name_key text COLLATE "C",
  external_id text COLLATE "C",
  active boolean NOT NULL,
  -- The SCIM document without id, meta, groups, members and password.
  resource jsonb NOT NULL,
  -- What the document means for the person: flat attributes, by the directory's mapping.
  mapped jsonb NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, directory_id, directory_user_id),
  FOREIGN KEY (organization_id, directory_id) REFERENCES directories
);
-- Here and below the key stands before the directory: without statistics an index that begins like the primary key
-- looks as good for finding an id, and would be scanned from the directory's beginning to its end.
CREATE UNIQUE INDEX directory_users_user_name ON directory_users (organization_id, user_name_key, directory_id);
CREATE INDEX directory_users_external_id ON directory_users (organization_id, external_id, directory_id)
  WHERE external_id IS NOT NULL;
CREATE INDEX directory_users_display_name ON directory_users (organization_id, display_name_key, directory_id)
  WHERE display_name_key IS NOT NULL;
-- A directory belongs to one organization. Postgres takes the two for independent, and a directory for a few rows.
CREATE STATISTICS directory_users_directory (dependencies, ndistinct) ON organization_id, directory_id
  FROM directory_users;
SELECT isolate_by_organization('directory_users');
GRANT SELECT, INSERT, UPDATE, DELETE ON directory_users TO :"app_role";

-- One row an address, so that `emails.value eq` finds users by an index: under row-level security only leakproof
-- operators reach an index, which rules out arrays and jsonb containment.
CREATE TABLE directory_user_emails (
  organization_id uuid NOT NULL,
  directory_id uuid NOT NULL,
  directory_user_id uuid NOT NULL,
  position smallint NOT NULL,
  value_key text COLLATE "C" NOT NULL,
  type_key text COLLATE "C",
  PRIMARY KEY (organization_id, directory_id, directory_user_id, position),
  FOREIGN KEY (organization_id, directory_id, directory_user_id) REFERENCES directory_users ON DELETE CASCADE
);
CREATE INDEX directory_user_emails_value ON directory_user_emails (organization_id, value_key, directory_id);
CREATE STATISTICS directory_user_emails_directory (dependencies, ndistinct) ON organization_id, directory_id
  FROM directory_user_emails;
SELECT isolate_by_organization('directory_user_emails');
GRANT SELECT, INSERT, UPDATE, DELETE ON directory_user_emails TO :"app_role";

CREATE TABLE directory_groups (
  organization_id uuid NOT NULL,
  directory_id uuid NOT NULL,
  directory_group_id uuid NOT NULL,
  display_name text NOT NULL,
  display_name_key text COLLATE "C" NOT NULL,
  -- Whether this directory lets no other group have the name (what Entra and authentik expect of a SCIM server); names
  -- in a polled directory may repeat.
  unique_name boolean NOT NULL,
  external_id text COLLATE "C",
  -- The SCIM document without id, meta and members.
  resource jsonb NOT NULL,
  version bigint NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, directory_id, directory_group_id),
  FOREIGN KEY (organization_id, directory_id) REFERENCES directories
);
CREATE INDEX directory_groups_display_name ON directory_groups (organization_id, display_name_key, directory_id);
CREATE UNIQUE INDEX directory_groups_unique_name ON directory_groups (organization_id, display_name_key, directory_id)
  WHERE unique_name;
CREATE INDEX directory_groups_external_id ON directory_groups (organization_id, external_id, directory_id)
  WHERE external_id IS NOT NULL;
-- The management API finds and lists groups over all directories.
CREATE INDEX directory_groups_id ON directory_groups (organization_id, directory_group_id);
CREATE STATISTICS directory_groups_directory (dependencies, ndistinct) ON organization_id, directory_id
  FROM directory_groups;
SELECT isolate_by_organization('directory_groups');
GRANT SELECT, INSERT, UPDATE, DELETE ON directory_groups TO :"app_role";

-- Edges: a user or a group inside a group, both of the same directory.
CREATE TABLE memberships (
  organization_id uuid NOT NULL,
  directory_id uuid NOT NULL,
  directory_group_id uuid NOT NULL,
  member_id uuid NOT NULL GENERATED ALWAYS AS (COALESCE(directory_user_id, child_group_id)) STORED,
  directory_user_id uuid,
  child_group_id uuid,
  CHECK (num_nonnulls(directory_user_id, child_group_id) = 1),
  CHECK (child_group_id <> directory_group_id),
  PRIMARY KEY (organization_id, directory_group_id, directory_id, member_id),
  FOREIGN KEY (organization_id, directory_id, directory_group_id) REFERENCES directory_groups,
  FOREIGN KEY (organization_id, directory_id, directory_user_id) REFERENCES directory_users,
  FOREIGN KEY (organization_id, directory_id, child_group_id) REFERENCES directory_groups
);
CREATE INDEX memberships_of_user ON memberships (organization_id, directory_id, directory_user_id)
  WHERE directory_user_id IS NOT NULL;
CREATE INDEX memberships_of_group ON memberships (organization_id, directory_id, child_group_id)
  WHERE child_group_id IS NOT NULL;
CREATE STATISTICS memberships_directory (dependencies, ndistinct) ON organization_id, directory_id, directory_group_id
  FROM memberships;
SELECT isolate_by_organization('memberships');
GRANT SELECT, INSERT, UPDATE, DELETE ON memberships TO :"app_role";

-- Edges to a member that is not known yet, by the key the source calls it; resolved on arrival.
CREATE TABLE pending_memberships (
  organization_id uuid NOT NULL,
  directory_id uuid NOT NULL,
  directory_group_id uuid NOT NULL,
  source_key text COLLATE "C" NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, directory_id, directory_group_id, source_key),
  FOREIGN KEY (organization_id, directory_id, directory_group_id) REFERENCES directory_groups ON DELETE CASCADE
);
CREATE INDEX pending_memberships_source_key ON pending_memberships (organization_id, directory_id, source_key);
SELECT isolate_by_organization('pending_memberships');
GRANT SELECT, INSERT, UPDATE, DELETE ON pending_memberships TO :"app_role";
