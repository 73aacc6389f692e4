-- The people layer: derived from the directory layer by settlePeople, its only writer.

CREATE TABLE users (
  organization_id uuid NOT NULL REFERENCES organizations,
  user_id uuid NOT NULL,
  -- Flat merged attributes: email, firstName, department, … (packages/people lists them). Never blanked.
  attributes jsonb NOT NULL DEFAULT '{}',
  -- The address in its folded form, for look-ups: under row-level security an expression index would never be used.
  email_key text COLLATE "C" GENERATED ALWAYS AS (attributes ->> 'emailKey') STORED,
  state text NOT NULL CHECK (state IN ('active', 'inactive')),
  -- The highest-ranked directory that holds the user; when none does any more, the last one that did.
  directory_id uuid,
  idp_id text,
  -- The application's own fields; no directory touches them.
  metadata jsonb NOT NULL DEFAULT '{}',
  sessions_revoked_at timestamptz,
  last_login_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX users_email ON users (organization_id, email_key) WHERE email_key IS NOT NULL;
SELECT isolate_by_organization('users');
GRANT SELECT, INSERT, UPDATE, DELETE ON users TO :"app_role";

-- Which directory users are one person. Two directory users of one directory never are: see the unique constraint.
CREATE TABLE user_links (
  organization_id uuid NOT NULL,
  directory_id uuid NOT NULL,
  directory_user_id uuid NOT NULL,
  user_id uuid NOT NULL,
  -- Whether the directory user was active when it was last settled: what its groups meant for the person until now.
  active boolean NOT NULL,
  PRIMARY KEY (organization_id, directory_id, directory_user_id),
  UNIQUE (organization_id, user_id, directory_id),
  FOREIGN KEY (organization_id, user_id) REFERENCES users,
  -- Deferred: a deletion leaves the link standing until settlePeople, in the same transaction, draws its consequence.
  FOREIGN KEY (organization_id, directory_id, directory_user_id) REFERENCES directory_users DEFERRABLE INITIALLY DEFERRED
);
CREATE STATISTICS user_links_directory (dependencies, ndistinct) ON organization_id, directory_id FROM user_links;
SELECT isolate_by_organization('user_links');
GRANT SELECT, INSERT, UPDATE, DELETE ON user_links TO :"app_role";

-- Who owns an address for linking. One row an address: parallel creates of one human meet here and make one person.
-- Kept whatever the organization's policy is, so that a change of policy finds no address that was given up meanwhile.
CREATE TABLE email_claims (
  organization_id uuid NOT NULL,
  email_key text COLLATE "C" NOT NULL,
  user_id uuid NOT NULL,
  PRIMARY KEY (organization_id, email_key),
  FOREIGN KEY (organization_id, user_id) REFERENCES users
);
CREATE INDEX email_claims_user ON email_claims (organization_id, user_id);
SELECT isolate_by_organization('email_claims');
GRANT SELECT, INSERT, UPDATE, DELETE ON email_claims TO :"app_role";
