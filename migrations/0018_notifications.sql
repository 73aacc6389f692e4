-- Notifications: sources that say by themselves that something has changed.

ALTER TABLE directory_syncs
  -- Since when the source has said so without a run having begun to read; null: it has not.
  ADD COLUMN poked_at timestamptz,
  -- When somebody began to work on a run last, and until when notifications wait for what that took.
  ADD COLUMN begun_at timestamptz,
  ADD COLUMN rests_until timestamptz;

-- One row a directory whose source is to tell of changes.
CREATE TABLE notification_channels (
  organization_id uuid NOT NULL,
  directory_id uuid NOT NULL,
  -- In the address that the source calls.
  channel_id uuid NOT NULL,
  -- `subscribed`: we ask the source to tell; `manual`: an administrator of it enters address and secret there.
  kind text NOT NULL CHECK (kind IN ('subscribed', 'manual')),
  -- `ending`: its subscriptions are being ended, then it goes.
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'active', 'failed', 'ending')),
  -- SHA-256 of secrets; nothing else of them is kept. The spare one is that of subscriptions that are being made or ended.
  secret_hash bytea,
  spare_secret_hash bytea,
  -- What the source has promised: [{ "id", "resource", "expiresAt" }]; and what of it is to be ended.
  subscriptions jsonb NOT NULL DEFAULT '[]',
  ending jsonb NOT NULL DEFAULT '[]',
  -- Of the subscriptions: since when, until when, and when others are made.
  made_at timestamptz,
  expires_at timestamptz,
  renew_at timestamptz,
  failures_in_a_row integer NOT NULL DEFAULT 0,
  error jsonb,
  -- Whoever works on it writes only while the fence is the one it was given.
  fence bigint NOT NULL DEFAULT 0,
  leased_until timestamptz,
  last_received_at timestamptz,
  last_refused_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, directory_id),
  FOREIGN KEY (organization_id, directory_id) REFERENCES directories ON DELETE CASCADE
);
SELECT isolate_by_organization('notification_channels');
GRANT SELECT, INSERT, UPDATE, DELETE ON notification_channels TO :"app_role";

-- Routing table: from the address to the directory, and for who looks which channels are due. No policy, no personal data.
-- Null: not due by time.
CREATE TABLE notification_routes (
  channel_id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  directory_id uuid NOT NULL,
  due_at timestamptz
);
CREATE UNIQUE INDEX notification_routes_of_directory ON notification_routes (directory_id, organization_id);
CREATE INDEX notification_routes_due ON notification_routes (due_at) WHERE due_at IS NOT NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON notification_routes TO :"app_role";
