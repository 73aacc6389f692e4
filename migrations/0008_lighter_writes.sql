-- Every new person and every event checked that its organization is there: a quarter of the time of a SCIM write, and a lock
-- on the one row that all writers of an organization share. Neither can go wrong: row-level security lets only rows of the
-- current organization in, and appending an event updates that organization's row of event_sequences, which has the
-- reference; without it nothing commits.
ALTER TABLE users DROP CONSTRAINT users_organization_id_fkey;
ALTER TABLE events DROP CONSTRAINT events_organization_id_fkey;
