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
-- Numbers only: an operator may see those of the installation.
CREATE POLICY operator_reads ON daily_tallies FOR SELECT USING (current_setting('muster.operator', true) = 'on');
