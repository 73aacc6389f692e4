-- What happened in a directory, by the day (UTC): the event log counted once. `directory_id` is all zeros for what
-- belongs to none.
CREATE TABLE daily_tallies (
  organization_id uuid NOT NULL,
  directory_id uuid NOT NULL,
  day date NOT NULL,
  users_created bigint NOT NULL DEFAULT 0,
  users_updated bigint NOT NULL DEFAULT 0,
  users_deactivated bigint NOT NULL DEFAULT 0,
  users_reactivated bigint NOT NULL DEFAULT 0,
  users_deleted bigint NOT NULL DEFAULT 0,
  groups_created bigint NOT NULL DEFAULT 0,
  groups_deleted bigint NOT NULL DEFAULT 0,
  membership_changes bigint NOT NULL DEFAULT 0,
  syncs_completed bigint NOT NULL DEFAULT 0,
  syncs_failed bigint NOT NULL DEFAULT 0,
  sync_milliseconds bigint NOT NULL DEFAULT 0,
  last_sync_at timestamptz,
  PRIMARY KEY (organization_id, directory_id, day)
);
SELECT isolate_by_organization('daily_tallies');
GRANT SELECT, INSERT, UPDATE, DELETE ON daily_tallies TO :"app_role";
-- Of an organization as a whole; and of the installation (unique as the key is, so that it may begin with the day).
CREATE INDEX daily_tallies_of_organization ON daily_tallies (organization_id, day);
CREATE UNIQUE INDEX daily_tallies_of_day ON daily_tallies (day, organization_id, directory_id);
-- Numbers only: an operator may see those of the installation.
CREATE POLICY operator_reads ON daily_tallies FOR SELECT USING (current_setting('muster.operator', true) = 'on');

-- Who counts begins with the first event; what was created before this migration is counted, too.
SELECT set_config('muster.operator', 'on', true);
INSERT INTO followers (kind, organization_id, follower_id, sequence)
  SELECT 'tally', organization_id, organization_id, 0 FROM organizations;
SELECT set_config('muster.operator', '', true);
