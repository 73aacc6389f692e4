-- The event log and the audit trail.

-- The last sequence number given out in an organization. A row of its own: a writer locks it as the last thing before
-- COMMIT, and organizations stays free of that traffic (docs/decisions/0003).
CREATE TABLE event_sequences (
  organization_id uuid PRIMARY KEY REFERENCES organizations,
  last_sequence bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10);
SELECT isolate_by_organization('event_sequences');
GRANT SELECT, INSERT, UPDATE, DELETE ON event_sequences TO :"app_role";

CREATE TABLE events (
  organization_id uuid NOT NULL REFERENCES organizations,
  sequence bigint NOT NULL,
  event_id uuid NOT NULL,
  type text NOT NULL,
  directory_id uuid,
  -- What delivery keeps in order: the user of a user event, the group of a membership event.
  subject_id uuid NOT NULL,
  -- json, not jsonb: stored and handed out as written, never searched.
  cause json NOT NULL,
  data json NOT NULL,
  occurred_at timestamptz NOT NULL,
  PRIMARY KEY (organization_id, sequence)
);
SELECT isolate_by_organization('events');
-- Nobody may change what was said.
GRANT SELECT, INSERT ON events TO :"app_role";

CREATE TABLE audit_entries (
  organization_id uuid NOT NULL REFERENCES organizations,
  audit_entry_id uuid NOT NULL,
  actor jsonb NOT NULL,
  action text NOT NULL,
  target text NOT NULL,
  detail jsonb NOT NULL DEFAULT '{}',
  occurred_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, audit_entry_id)
);
SELECT isolate_by_organization('audit_entries');
GRANT SELECT, INSERT ON audit_entries TO :"app_role";
