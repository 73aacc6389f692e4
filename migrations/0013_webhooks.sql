-- Webhook endpoints and what is delivered to them, and everything else that follows the event log.

-- Routing table: who follows the log of which organization, and how far it has come. The poller looks here, with
-- event_sequences, for work. No policy, no personal data. `follower_id` is the endpoint, the hook, or the organization.
CREATE TABLE followers (
  kind text NOT NULL CHECK (kind IN ('webhook', 'after_create', 'tally')),
  organization_id uuid NOT NULL,
  follower_id uuid NOT NULL,
  -- The last event it is done with.
  sequence bigint NOT NULL,
  -- It follows no more until it is told to go on from there, as a disabled endpoint.
  paused boolean NOT NULL DEFAULT false,
  PRIMARY KEY (kind, organization_id, follower_id)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON followers TO :"app_role";

CREATE TABLE webhook_endpoints (
  organization_id uuid NOT NULL REFERENCES organizations,
  webhook_endpoint_id uuid NOT NULL,
  url text NOT NULL,
  description text NOT NULL DEFAULT '',
  -- Null: all.
  types text[],
  directory_id uuid,
  -- Sealed secrets (packages/runtime/src/secret-box.ts); while one is replaced, the one before signs, too.
  sealed_secret bytea NOT NULL,
  sealed_previous_secret bytea,
  previous_expires_at timestamptz,
  status text NOT NULL DEFAULT 'enabled' CHECK (status IN ('enabled', 'disabled')),
  disabled_reason text CHECK (disabled_reason IN ('gone', 'dead', 'manual')),
  -- Since when nothing was delivered, and how often in a row; then it is tried with one delivery at a time, from `retry_at` on.
  failing_since timestamptz,
  failures_in_a_row integer NOT NULL DEFAULT 0,
  retry_at timestamptz,
  last_success_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, webhook_endpoint_id),
  CHECK ((status = 'disabled') = (disabled_reason IS NOT NULL)),
  CHECK ((sealed_previous_secret IS NULL) = (previous_expires_at IS NULL))
);
SELECT isolate_by_organization('webhook_endpoints');
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_endpoints TO :"app_role";

-- An event on its way to an endpoint. Of the pending ones of a subject only the first has a time for its next attempt, so
-- that they arrive in order; whoever takes it for an attempt moves that time ahead, and when it is killed, the attempt is
-- made again then.
CREATE TABLE webhook_deliveries (
  organization_id uuid NOT NULL,
  webhook_endpoint_id uuid NOT NULL,
  sequence bigint NOT NULL,
  event_id uuid NOT NULL,
  event_type text NOT NULL,
  subject_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed')),
  next_attempt_at timestamptz,
  -- The attempts made, as [{ at, durationMilliseconds, status, error }], the last ones of many.
  attempts jsonb NOT NULL DEFAULT '[]',
  attempt_count integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  PRIMARY KEY (organization_id, webhook_endpoint_id, sequence),
  FOREIGN KEY (organization_id, webhook_endpoint_id) REFERENCES webhook_endpoints ON DELETE CASCADE
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (organization_id, webhook_endpoint_id, next_attempt_at)
  WHERE next_attempt_at IS NOT NULL;
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (organization_id, webhook_endpoint_id, subject_id, sequence)
  WHERE state = 'pending';
CREATE INDEX webhook_deliveries_failed ON webhook_deliveries (organization_id, webhook_endpoint_id, sequence)
  WHERE state = 'failed';
-- The ids of events grow with time: a row is put at the end of this index.
CREATE INDEX webhook_deliveries_of_event ON webhook_deliveries (organization_id, webhook_endpoint_id, event_id);
SELECT isolate_by_organization('webhook_deliveries');
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_deliveries TO :"app_role";
