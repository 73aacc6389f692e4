-- Every new person and every event checked that its organization is there: a quarter of the time of a SCIM write, and a lock
-- on the one row that all writers of an organization share. Neither can go wrong: row-level security lets only rows of the
-- current organization in, and appending an event updates that organization's row of event_sequences, which has the
-- reference; without it nothing commits.
ALTER TABLE users DROP CONSTRAINT users_organization_id_fkey;
ALTER TABLE events DROP CONSTRAINT events_organization_id_fkey;

-- The person's links. It began like the primary key; before the table was analysed Postgres also took it for finding the
-- link of a directory user, and read all links of the organization for each one.
ALTER TABLE user_links DROP CONSTRAINT user_links_organization_id_user_id_directory_id_key;
ALTER TABLE user_links ADD CONSTRAINT user_links_one_per_directory UNIQUE (user_id, organization_id, directory_id);
