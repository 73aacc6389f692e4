-- The audit trail as a chain: the hash of each entry covers the entry before it, so that nothing in it can be changed,
-- removed or put in between without everything behind it ceasing to fit (docs/operations/audit.md).

-- The last link of an organization's trail. A writer locks it as one of the last things before COMMIT.
CREATE TABLE audit_heads (
  organization_id uuid PRIMARY KEY REFERENCES organizations,
  last_sequence bigint NOT NULL DEFAULT 0,
  -- What the first entry is chained to: 32 zero bytes.
  last_hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex')
) WITH (fillfactor = 10);

ALTER TABLE audit_entries
  -- To the millisecond, as the entry's own text has it.
  ALTER COLUMN occurred_at TYPE timestamptz(3),
  ADD COLUMN sequence bigint,
  -- The JSON text that was hashed, sequence included, and sha256(the previous hash || that text).
  ADD COLUMN entry text,
  ADD COLUMN hash bytea;

-- The owner is bound by the policies, too, except for what chains the entries that are there.
ALTER TABLE organizations NO FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_entries NO FORCE ROW LEVEL SECURITY;
INSERT INTO audit_heads (organization_id) SELECT organization_id FROM organizations;
DO $$
DECLARE
  row record;
  head record;
  text text;
BEGIN
  FOR row IN SELECT * FROM audit_entries ORDER BY organization_id, audit_entry_id LOOP
    SELECT last_sequence + 1 AS sequence, last_hash AS hash INTO STRICT head FROM audit_heads
      WHERE organization_id = row.organization_id;
    text := jsonb_build_object('id', row.audit_entry_id, 'organizationId', row.organization_id, 'actor', row.actor,
      'action', row.action, 'target', row.target, 'detail', row.detail, 'sequence', head.sequence,
      'occurredAt', to_char(row.occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text;
    UPDATE audit_heads SET last_sequence = head.sequence, last_hash = sha256(head.hash || convert_to(text, 'UTF8'))
      WHERE organization_id = row.organization_id;
    UPDATE audit_entries SET sequence = head.sequence, entry = text, hash = sha256(head.hash || convert_to(text, 'UTF8'))
      WHERE organization_id = row.organization_id AND audit_entry_id = row.audit_entry_id;
  END LOOP;
END
$$;
ALTER TABLE organizations FORCE ROW LEVEL SECURITY;
ALTER TABLE audit_entries FORCE ROW LEVEL SECURITY;

ALTER TABLE audit_entries
  ALTER COLUMN sequence SET NOT NULL,
  ALTER COLUMN entry SET NOT NULL,
  ALTER COLUMN hash SET NOT NULL,
  ALTER COLUMN occurred_at DROP DEFAULT,
  ALTER COLUMN detail DROP DEFAULT,
  DROP CONSTRAINT audit_entries_pkey,
  ADD PRIMARY KEY (organization_id, sequence);
-- What was done to one thing, in order.
CREATE INDEX audit_entries_target ON audit_entries (organization_id, target, sequence);

SELECT isolate_by_organization('audit_heads');
-- The counter moves; the entries stay INSERT only (0004).
GRANT SELECT, INSERT, UPDATE ON audit_heads TO :"app_role";
