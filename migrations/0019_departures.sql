-- Users and groups that a run deleted, by the ids that their source gives them: when changes alone bring one back, nobody knows what
-- it is a member of. Gone when it is known again, or after a while.
CREATE TABLE source_departures (
  organization_id uuid NOT NULL,
  directory_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('user', 'group')),
  source_id text COLLATE "C" NOT NULL,
  departed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, directory_id, kind, source_id),
  FOREIGN KEY (organization_id, directory_id) REFERENCES directories ON DELETE CASCADE
);
SELECT isolate_by_organization('source_departures');
GRANT SELECT, INSERT, UPDATE, DELETE ON source_departures TO :"app_role";
