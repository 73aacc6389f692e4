-- Lists of people in the order of their ids, whatever they are narrowed by. What each index costs a write is said beside it.

-- With the id, so that a search reads the index alone. As many entries as before, 16 bytes longer.
DROP INDEX users_email;
CREATE INDEX users_email ON users (organization_id, email_key, user_id) WHERE email_key IS NOT NULL;

-- One entry a new person, at the end of its state, and one a change of state.
CREATE INDEX users_state ON users (organization_id, state, user_id);

-- Nothing for a person of a directory.
CREATE INDEX users_manual ON users (organization_id, user_id) WHERE directory_id IS NULL;

-- One entry a new link. The condition holds for every link and lets no statement have the index that does not state it:
-- one that looks for the link of a directory user would read all links of the directory, see 0008.
CREATE INDEX user_links_of_directory ON user_links (organization_id, directory_id, user_id)
  WHERE user_id > '00000000-0000-0000-0000-000000000000';
