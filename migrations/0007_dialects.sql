-- What the SCIM endpoint of a directory understands beyond the standard: the schemas that its organization registered,
-- and the compatibility flags that the directory has otherwise than its profile.

CREATE TABLE extension_schemas (
  organization_id uuid NOT NULL REFERENCES organizations,
  -- The URN in lower case: URNs are the same in any case.
  urn_key text COLLATE "C" NOT NULL,
  -- As it was first registered; stored documents have their values under it.
  schema_urn text NOT NULL,
  resource_type text NOT NULL CHECK (resource_type IN ('User', 'Group')),
  -- The Schema document in canonical form (packages/scim, parseExtensionSchema).
  definition jsonb NOT NULL,
  -- Another one with every change; together they tell the services whether what they remember still holds.
  revision uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (organization_id, urn_key)
);
SELECT isolate_by_organization('extension_schemas');
GRANT SELECT, INSERT, UPDATE, DELETE ON extension_schemas TO :"app_role";

-- Only what differs from the profile: { "anyCaseOp": false }.
ALTER TABLE directories ADD COLUMN scim_flags jsonb NOT NULL DEFAULT '{}';
