-- Inline hooks: an application decides on people before they come into being, or is told right behind it.

CREATE TABLE hooks (
  organization_id uuid NOT NULL REFERENCES organizations,
  hook_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('before_create', 'after_create')),
  url text NOT NULL,
  sealed_secret bytea NOT NULL,
  sealed_previous_secret bytea,
  previous_expires_at timestamptz,
  -- What becomes of people while it fails: they are made all the same, or they wait.
  policy text NOT NULL CHECK (policy IN ('proceed', 'hold')),
  timeout_milliseconds integer NOT NULL DEFAULT 3000 CHECK (timeout_milliseconds BETWEEN 100 AND 15000),
  status text NOT NULL DEFAULT 'enabled' CHECK (status IN ('enabled', 'disabled')),
  failing_since timestamptz,
  failures_in_a_row integer NOT NULL DEFAULT 0,
  retry_at timestamptz,
  -- Whoever asks it has the turn until then: one at a time, and when it is killed, the next one then.
  leased_until timestamptz,
  last_error text,
  last_success_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, hook_id),
  CHECK ((sealed_previous_secret IS NULL) = (previous_expires_at IS NULL))
);
-- Two that may both change a person would need an order.
CREATE UNIQUE INDEX hooks_one_of_a_kind ON hooks (organization_id, kind);
SELECT isolate_by_organization('hooks');
GRANT SELECT, INSERT, UPDATE, DELETE ON hooks TO :"app_role";

-- One of the settings that people are derived by (settings_version).
ALTER TABLE organizations ADD COLUMN has_before_create boolean NOT NULL DEFAULT false;

-- Directory users who pass the filters and have no person yet, because the hook was not asked yet, or said no.
CREATE TABLE arrivals (
  organization_id uuid NOT NULL,
  directory_id uuid NOT NULL,
  directory_user_id uuid NOT NULL,
  -- The person it will be, unless the address leads to somebody.
  user_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'vetoed')),
  -- What the application said.
  reason text,
  -- What brought it: causes the event of the person.
  cause jsonb NOT NULL,
  arrived_at timestamptz NOT NULL DEFAULT now(),
  -- When the hook was asked last, and the version of the directory user that it saw.
  asked_at timestamptz,
  asked_version integer,
  -- How often there was no usable decision about this one, why the last time, and when it is asked again.
  failures_in_a_row integer NOT NULL DEFAULT 0,
  error text,
  ask_at timestamptz NOT NULL DEFAULT now(),
  -- The user first: no statement about some users can take it for a way to all of the directory, see 0008.
  PRIMARY KEY (directory_user_id, organization_id, directory_id),
  FOREIGN KEY (organization_id, directory_id, directory_user_id) REFERENCES directory_users ON DELETE CASCADE,
  CHECK (state = 'vetoed' OR reason IS NULL)
);
-- Ids of people to be are as old as their arrival.
CREATE INDEX arrivals_waiting ON arrivals (organization_id, directory_id, user_id) WHERE state = 'waiting';
-- The condition holds for every row and lets no statement have the index that does not state it: one that looks for the
-- arrival of a directory user would read all of the organization, see 0008.
CREATE INDEX arrivals_by_state ON arrivals (organization_id, state, user_id)
  WHERE user_id > '00000000-0000-0000-0000-000000000000';
SELECT isolate_by_organization('arrivals');
GRANT SELECT, INSERT, UPDATE, DELETE ON arrivals TO :"app_role";
