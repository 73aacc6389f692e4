-- Directories that are filled by `simulate`, and directories whose identity provider has gone silent.

ALTER TABLE directories
  ADD COLUMN is_test boolean NOT NULL DEFAULT false,
  -- Null: silence is no matter.
  ADD COLUMN silent_after_hours integer DEFAULT 168 CHECK (silent_after_hours > 0),
  -- When the event directory.silent was appended; null once it was heard again.
  ADD COLUMN silent_since timestamptz,
  -- When the event directory.error was appended; null once it could be read again. A paused directory keeps it.
  ADD COLUMN error_since timestamptz;
