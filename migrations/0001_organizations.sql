-- Organizations, their directories and credentials, and the routing tables that find an organization.
--
-- Every table of an organization begins its keys with organization_id (composite keys shard on Citus, and foreign-key
-- checks bypass row-level security, so the organization must be part of the reference itself).
-- :"app_role" is the unprivileged role that the services connect as.

-- Puts a table under its organization's policy. FORCE: the owner is bound by it, too. An unset context sees no rows.
CREATE FUNCTION isolate_by_organization(target regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
  EXECUTE format(
    'CREATE POLICY own_organization ON %s
       USING (organization_id = NULLIF(current_setting(''muster.organization_id'', true), '''')::uuid)
       WITH CHECK (organization_id = NULLIF(current_setting(''muster.organization_id'', true), '''')::uuid)',
    target
  );
END
$$;
REVOKE ALL ON FUNCTION isolate_by_organization(regclass) FROM PUBLIC;

CREATE TABLE organizations (
  organization_id uuid PRIMARY KEY,
  name text NOT NULL CHECK (name <> ''),
  -- Directories by rank, primary first; a directory that is not listed ranks behind, by age.
  directory_order uuid[] NOT NULL DEFAULT '{}',
  link_by_email text NOT NULL DEFAULT 'organization' CHECK (link_by_email IN ('organization', 'never')),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
SELECT isolate_by_organization('organizations');
-- Listing organizations is the operator's one look across them; writing one still needs its own context.
CREATE POLICY operator_reads ON organizations FOR SELECT
  USING (current_setting('muster.operator', true) = 'on');
GRANT SELECT, INSERT, UPDATE, DELETE ON organizations TO :"app_role";

CREATE TABLE directories (
  organization_id uuid NOT NULL REFERENCES organizations,
  directory_id uuid NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  type text NOT NULL CHECK (type IN ('SCIM', 'AZURE_AD', 'GOOGLE_WORKSPACE', 'LDAP', 'AWS_DIRECTORY', 'OKTA')),
  status text NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'ACTIVE', 'ERROR', 'PAUSED')),
  scim_profile text NOT NULL DEFAULT 'compatible' CHECK (scim_profile IN ('compatible', 'strict')),
  -- A sealed secret (packages/runtime/src/secret-box.ts); never in the clear.
  sealed_config bytea,
  error_message text,
  -- The first use of its credentials; what a paused directory is resumed to hangs on it.
  activated_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, directory_id)
);
SELECT isolate_by_organization('directories');
GRANT SELECT, INSERT, UPDATE, DELETE ON directories TO :"app_role";

-- At most two live ones per directory (rotation with overlap); the HMAC of the token stands in credential_routes.
CREATE TABLE directory_tokens (
  organization_id uuid NOT NULL,
  directory_id uuid NOT NULL,
  token_id uuid NOT NULL,
  credential_hash bytea NOT NULL,
  hint text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  -- When the event token.expiring was appended.
  warned_at timestamptz,
  PRIMARY KEY (organization_id, directory_id, token_id),
  FOREIGN KEY (organization_id, directory_id) REFERENCES directories
);
SELECT isolate_by_organization('directory_tokens');
GRANT SELECT, INSERT, UPDATE, DELETE ON directory_tokens TO :"app_role";

CREATE TABLE api_keys (
  organization_id uuid NOT NULL REFERENCES organizations,
  api_key_id uuid NOT NULL,
  credential_hash bytea NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  role text NOT NULL CHECK (role IN ('ADMIN', 'VIEWER')),
  hint text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  PRIMARY KEY (organization_id, api_key_id)
);
SELECT isolate_by_organization('api_keys');
GRANT SELECT, INSERT, UPDATE, DELETE ON api_keys TO :"app_role";

-- Data keys that seal an organization's secrets, themselves sealed by the installation's root key.
CREATE TABLE data_keys (
  organization_id uuid NOT NULL REFERENCES organizations,
  data_key_id uuid NOT NULL,
  sealed_key bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, data_key_id)
);
SELECT isolate_by_organization('data_keys');
GRANT SELECT, INSERT, UPDATE, DELETE ON data_keys TO :"app_role";

-- Routing tables: read by exact hash before an organization is known. No policy, no personal data.

CREATE TABLE credential_routes (
  credential_hash bytea PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('scim_token', 'api_key')),
  organization_id uuid NOT NULL,
  -- The directory_tokens or api_keys row; for a token also its directory.
  directory_id uuid,
  credential_id uuid NOT NULL,
  -- A copy of the credential's: who looks for what expires soon does not know the organizations either.
  expires_at timestamptz
);
CREATE INDEX credential_routes_expiring ON credential_routes (expires_at) WHERE expires_at IS NOT NULL;
GRANT SELECT, INSERT, DELETE ON credential_routes TO :"app_role";

-- Keys of the installation, of no organization. Only the owner makes or revokes one (`muster keys`): whoever takes over
-- the services' role cannot make itself an operator.
CREATE TABLE operator_keys (
  operator_key_id uuid PRIMARY KEY,
  credential_hash bytea NOT NULL UNIQUE,
  name text NOT NULL CHECK (name <> ''),
  hint text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);
GRANT SELECT ON operator_keys TO :"app_role";

-- A service is ready only when the migrations of its release are applied.
GRANT SELECT ON kysely_migration TO :"app_role";
