-- The SCIM request log, masked, and the routing table by which a request that failed to authenticate finds it.

CREATE TABLE scim_requests (
  organization_id uuid NOT NULL,
  -- No foreign key: the writer locks each directory once a statement instead of once a row, and whoever deletes a
  -- directory deletes these rows.
  directory_id uuid NOT NULL,
  -- UUIDv7: in the order of arrival. The answer's X-Request-Id, and cause.id of the events the request made.
  request_id uuid NOT NULL,
  occurred_at timestamptz NOT NULL,
  duration_ms real NOT NULL,
  method text NOT NULL,
  -- Relative to the base URL. This and everything below that a client can fill is masked (packages/scim/src/masking).
  path text NOT NULL,
  query json,
  status smallint NOT NULL,
  scim_type text,
  detail text,
  user_agent text,
  request_media_type text,
  request_bytes integer,
  -- json, not jsonb: stored and handed out as written, never searched.
  request_body json,
  request_truncated boolean NOT NULL,
  answer_media_type text,
  answer_bytes integer,
  answer_body json,
  answer_truncated boolean NOT NULL,
  -- Requests of the directory between the row before and this one that were not kept.
  skipped_before integer NOT NULL,
  -- The one index: the directory's log by time. Retention, lists and look-ups go directory by directory.
  PRIMARY KEY (organization_id, directory_id, request_id)
  -- Compressing bodies would cost more than all the rest of a row; up to here they stay as they are, in the row.
) WITH (toast_tuple_target = 8160);
SELECT isolate_by_organization('scim_requests');
-- Nobody may change what was said.
GRANT SELECT, INSERT, DELETE ON scim_requests TO :"app_role";

-- Routing table: leads from the key in an address to an organization. No policy, no personal data.
CREATE TABLE directory_routes (
  directory_id uuid PRIMARY KEY,
  organization_id uuid NOT NULL
);
GRANT SELECT, INSERT, DELETE ON directory_routes TO :"app_role";

-- The owner is bound by the policy, too, except for this one statement.
ALTER TABLE directories NO FORCE ROW LEVEL SECURITY;
INSERT INTO directory_routes (directory_id, organization_id) SELECT directory_id, organization_id FROM directories;
ALTER TABLE directories FORCE ROW LEVEL SECURITY;
