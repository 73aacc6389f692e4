-- Directories that are read: how often, what their sources said last, and the runs that read them.

-- What may be shown of the configuration that sealed_config holds: { "fields": {…}, "secrets": ["bindPassword"] }.
ALTER TABLE directories ADD COLUMN config jsonb NOT NULL DEFAULT '{}';

-- One row a directory that is read. Whoever works on a run writes only while the fence is the one it was given.
CREATE TABLE directory_syncs (
  organization_id uuid NOT NULL,
  directory_id uuid NOT NULL,
  interval_minutes integer NOT NULL DEFAULT 60 CHECK (interval_minutes BETWEEN 1 AND 10080),
  -- However healthy deltas are, everything is read that often.
  full_scan_hours integer NOT NULL DEFAULT 24 CHECK (full_scan_hours BETWEEN 1 AND 8760),
  -- Complete scans in a row that a user must be missing from to be deleted; the first one deactivates.
  delete_after_scans smallint NOT NULL DEFAULT 3 CHECK (delete_after_scans BETWEEN 1 AND 100),
  -- Where the next delta begins; null: everything is read next.
  checkpoint text,
  full_scan_at timestamptz,
  synced_at timestamptz,
  synced_count bigint,
  failures_in_a_row integer NOT NULL DEFAULT 0,
  -- The run that waits or is under way.
  run_id uuid,
  fence bigint NOT NULL DEFAULT 0,
  leased_until timestamptz,
  -- Removals of the run that is under way, until it is judged as a whole: the ids of holds that are none yet.
  staged_users uuid NOT NULL DEFAULT gen_random_uuid(),
  staged_groups uuid NOT NULL DEFAULT gen_random_uuid(),
  staged_memberships uuid NOT NULL DEFAULT gen_random_uuid(),
  PRIMARY KEY (organization_id, directory_id),
  FOREIGN KEY (organization_id, directory_id) REFERENCES directories ON DELETE CASCADE
);
SELECT isolate_by_organization('directory_syncs');
GRANT SELECT, INSERT, UPDATE, DELETE ON directory_syncs TO :"app_role";

-- Routing table: who looks for directories that are due does not know the organizations. No policy, no personal data. One that
-- is being read is due again when the lease on it ends. Null: not due by time.
CREATE TABLE sync_routes (
  directory_id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  due_at timestamptz
);
CREATE INDEX sync_routes_due ON sync_routes (due_at) WHERE due_at IS NOT NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON sync_routes TO :"app_role";

CREATE TABLE sync_runs (
  organization_id uuid NOT NULL,
  run_id uuid NOT NULL,
  directory_id uuid NOT NULL,
  -- `plan`: says what a sync would do, and does nothing of it.
  purpose text NOT NULL CHECK (purpose IN ('sync', 'plan', 'undo')),
  undoes_run_id uuid,
  occasion text NOT NULL CHECK (occasion IN ('schedule', 'manual', 'notification')),
  scan text NOT NULL CHECK (scan IN ('full', 'delta')),
  status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'running', 'completed', 'failed', 'cancelled')),
  phase text NOT NULL DEFAULT 'reading' CHECK (phase IN ('reading', 'planning', 'applying', 'judging', 'done')),
  cause jsonb NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  -- Behind the last page that is on the stage, and the rows that are there.
  checkpoint text,
  complete text CHECK (complete IN ('all', 'changes')),
  pages integer NOT NULL DEFAULT 0,
  staged_rows bigint NOT NULL DEFAULT 0,
  users_read bigint NOT NULL DEFAULT 0,
  groups_read bigint NOT NULL DEFAULT 0,
  memberships_read bigint NOT NULL DEFAULT 0,
  throttled_milliseconds bigint NOT NULL DEFAULT 0,
  -- How many changes there are, how many are made, and the key of the last one that is.
  changes_total bigint NOT NULL DEFAULT 0,
  changes_done bigint NOT NULL DEFAULT 0,
  after_step smallint NOT NULL DEFAULT 0,
  after_resource_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  after_group_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  -- By kind and effect: { "user.create": 12 }.
  change_counts jsonb NOT NULL DEFAULT '{}',
  -- Whether memberships were read whose member nobody knows yet.
  has_unresolved boolean NOT NULL DEFAULT true,
  -- Whether its removals were judged: what is let go of piece by piece is not judged again.
  judged boolean NOT NULL DEFAULT false,
  -- People who were deprovisioned, once it is judged.
  users_removed bigint NOT NULL DEFAULT 0,
  problem_count bigint NOT NULL DEFAULT 0,
  -- Where removals wait that were too many.
  hold_id uuid,
  error jsonb,
  -- The run that took everything back.
  undone_by uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  finished_at timestamptz,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, run_id),
  FOREIGN KEY (organization_id, directory_id) REFERENCES directories ON DELETE CASCADE
);
-- Unique, so that the directory may stand first: see 0002.
CREATE UNIQUE INDEX sync_runs_of_directory ON sync_runs (directory_id, organization_id, run_id);
SELECT isolate_by_organization('sync_runs');
GRANT SELECT, INSERT, UPDATE, DELETE ON sync_runs TO :"app_role";

-- Records that a run could not take in.
CREATE TABLE sync_problems (
  organization_id uuid NOT NULL,
  run_id uuid NOT NULL,
  problem_id bigint NOT NULL,
  code text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('user', 'group', 'membership')),
  source_id text NOT NULL,
  detail text NOT NULL,
  PRIMARY KEY (organization_id, run_id, problem_id),
  FOREIGN KEY (organization_id, run_id) REFERENCES sync_runs ON DELETE CASCADE
);
SELECT isolate_by_organization('sync_problems');
GRANT SELECT, INSERT, DELETE ON sync_problems TO :"app_role";

-- What a run is to change, in the order in which it does; once it did, also what was there before, for who takes it back.
CREATE TABLE sync_changes (
  organization_id uuid NOT NULL,
  run_id uuid NOT NULL,
  -- 1: groups; 2: groups inside groups; 3: users, each with its memberships; 4: groups that are gone.
  step smallint NOT NULL,
  -- The user or group; of a membership the member.
  resource_id uuid NOT NULL,
  -- The group of a membership; of anything else the UUID of zeros.
  group_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  kind text NOT NULL CHECK (kind IN ('user', 'group', 'membership')),
  effect text NOT NULL CHECK (effect IN ('create', 'update', 'return', 'deactivate', 'delete', 'add', 'remove')),
  -- Null for memberships.
  source_id text COLLATE "C",
  before jsonb,
  -- The version of the directory user or group behind the change.
  version integer,
  -- Without a foreign key to the run: a check a row, of millions, when whoever plans has the run locked anyway.
  PRIMARY KEY (organization_id, run_id, step, resource_id, group_id)
);
SELECT isolate_by_organization('sync_changes');
GRANT SELECT, INSERT, UPDATE, DELETE ON sync_changes TO :"app_role";

-- The users and groups of a source by the ids that it gives them, with what it said last.
CREATE TABLE source_records (
  organization_id uuid NOT NULL,
  directory_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('user', 'group')),
  source_id text COLLATE "C" NOT NULL,
  -- The directory user or group.
  resource_id uuid NOT NULL,
  -- Of the record as it was read; no two contents have one.
  hash uuid NOT NULL,
  -- Of a user: whether its source said last that it is enabled.
  active boolean NOT NULL DEFAULT true,
  -- Complete scans in a row that it was missing from.
  missed_scans smallint NOT NULL DEFAULT 0,
  PRIMARY KEY (organization_id, directory_id, kind, source_id),
  FOREIGN KEY (organization_id, directory_id) REFERENCES directories ON DELETE CASCADE
);
-- The resource first, for the reason given in 0008.
CREATE UNIQUE INDEX source_records_resource ON source_records (resource_id, organization_id);
SELECT isolate_by_organization('source_records');
GRANT SELECT, INSERT, UPDATE, DELETE ON source_records TO :"app_role";

-- What a source calls them by where it refers to them, folded: distinguished names, for example.
CREATE TABLE source_references (
  organization_id uuid NOT NULL,
  directory_id uuid NOT NULL,
  reference_key text COLLATE "C" NOT NULL,
  resource_id uuid NOT NULL,
  is_user boolean NOT NULL,
  PRIMARY KEY (organization_id, reference_key, directory_id),
  FOREIGN KEY (organization_id, directory_id) REFERENCES directories ON DELETE CASCADE
);
CREATE UNIQUE INDEX source_references_resource ON source_references (resource_id, organization_id, reference_key);
SELECT isolate_by_organization('source_references');
GRANT SELECT, INSERT, UPDATE, DELETE ON source_references TO :"app_role";

-- Whether source_key is an id of the source, or one of its references, folded.
ALTER TABLE pending_memberships ADD COLUMN by_reference boolean NOT NULL DEFAULT false;

-- Since when: who takes a run back takes the links back that it made.
ALTER TABLE user_links ADD COLUMN linked_at timestamptz NOT NULL DEFAULT now();

-- The stage: what a run has read so far. Logged, so that another process can go on. Without a policy, because COPY refuses
-- tables that have one; every statement names organization and run, and what a run has read is dropped at its end.

CREATE TABLE sync_stage_records (
  organization_id uuid NOT NULL,
  run_id uuid NOT NULL,
  kind text NOT NULL,
  source_id text COLLATE "C" NOT NULL,
  -- The order in which they came: the last one counts.
  position bigint NOT NULL,
  -- `upsert`, `remove`, or `present`: there, and not read.
  effect text NOT NULL,
  hash uuid,
  -- Folded by the application: the userName, and the references.
  name_key text COLLATE "C",
  reference_keys text[],
  -- SourceUser or SourceGroup (packages/connectors).
  record jsonb
);
CREATE INDEX sync_stage_records_of_run ON sync_stage_records (organization_id, run_id, kind, source_id, position);
GRANT SELECT, INSERT, DELETE ON sync_stage_records TO :"app_role";

CREATE TABLE sync_stage_edges (
  organization_id uuid NOT NULL,
  run_id uuid NOT NULL,
  group_source_id text COLLATE "C" NOT NULL,
  -- The member by its id, or by a reference, folded.
  member_key text COLLATE "C" NOT NULL,
  by_reference boolean NOT NULL,
  position bigint NOT NULL,
  -- `upsert` or `remove`.
  effect text NOT NULL
);
CREATE INDEX sync_stage_edges_of_run ON sync_stage_edges (organization_id, run_id);
GRANT SELECT, INSERT, DELETE ON sync_stage_edges TO :"app_role";
