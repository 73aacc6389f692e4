-- The event log by month, so that keeping it for a while means dropping tables, not deleting rows. What there is so far
-- becomes the first partition; its index is built anew.

ALTER TABLE events RENAME TO events_first;
ALTER TABLE events_first RENAME CONSTRAINT events_pkey TO events_first_pkey;
ALTER TABLE events_first DROP CONSTRAINT events_first_pkey;
DROP POLICY only_erases ON events_first;
DROP POLICY own_organization ON events_first;
REVOKE ALL ON events_first FROM :"app_role";

-- The time is in the key because the key of a partitioned table must hold what it is partitioned by. That no number is
-- given out twice is the counter's doing (event_sequences).
CREATE TABLE events (
  LIKE events_first,
  PRIMARY KEY (organization_id, sequence, occurred_at)
) PARTITION BY RANGE (occurred_at);
SELECT isolate_by_organization('events');
GRANT SELECT, INSERT, UPDATE (data) ON events TO :"app_role";
CREATE POLICY only_erases ON events AS RESTRICTIVE FOR UPDATE
  USING (true) WITH CHECK (data::text = '{"erased":true}');

-- Partitions have no policy and no grant: the services reach their rows through `events` only.
ALTER TABLE events_first NO FORCE ROW LEVEL SECURITY;
DO $$
BEGIN
  EXECUTE format('ALTER TABLE events ATTACH PARTITION events_first FOR VALUES FROM (MINVALUE) TO (%L)',
    date_trunc('month', now(), 'UTC') + interval '1 month');
END
$$;

-- What no month was prepared for: nothing is lost when the poller rests for long.
CREATE TABLE events_unprepared PARTITION OF events DEFAULT;
ALTER TABLE events_unprepared ENABLE ROW LEVEL SECURITY;

-- Makes the partitions up to so many months behind this one, also those of months that passed without; answers with how
-- many it made. The services may call it: they own no table.
CREATE FUNCTION prepare_event_partitions(months_ahead integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '500ms' SET timezone = 'UTC' AS $$
DECLARE
  from_month timestamptz;
  partition text;
  made integer := 0;
BEGIN
  IF months_ahead IS NULL OR months_ahead NOT BETWEEN 0 AND 24 THEN RAISE EXCEPTION 'between 0 and 24 months ahead'; END IF;
  PERFORM pg_advisory_xact_lock(hashtext('muster event partitions'));
  -- Without a partition left, from the first row that waits for one.
  SELECT COALESCE(max(until), date_trunc('month', LEAST(now(), (SELECT min(occurred_at) FROM events_unprepared))))
    INTO from_month FROM event_partitions();
  WHILE from_month <= date_trunc('month', now()) + make_interval(months => months_ahead) LOOP
    -- Writers wait: one that chose the default partition before would fail behind. Who reads is not in the way.
    IF made = 0 THEN LOCK TABLE events IN SHARE ROW EXCLUSIVE MODE; END IF;
    partition := to_char(from_month, '"events_"YYYY_MM');
    EXECUTE format('CREATE TABLE %I (LIKE events INCLUDING ALL)', partition);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', partition);
    EXECUTE format('WITH moved AS (DELETE FROM events_unprepared WHERE occurred_at >= %L AND occurred_at < %L RETURNING *)
      INSERT INTO %I SELECT * FROM moved', from_month, from_month + interval '1 month', partition);
    EXECUTE format('ALTER TABLE events ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition, from_month,
      from_month + interval '1 month');
    made := made + 1;
    from_month := from_month + interval '1 month';
  END LOOP;
  RETURN made;
END
$$;

-- The partitions of events with the end of their time, the default one left out.
CREATE FUNCTION event_partitions() RETURNS TABLE (partition regclass, until timestamptz)
LANGUAGE sql STABLE SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
  SELECT i.inhrelid::regclass, substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)')::timestamptz
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'events'::regclass AND pg_get_expr(c.relpartbound, c.oid) <> 'DEFAULT'
$$;

-- Drops the partitions that ended by then; answers with how many. Of the last 30 days nothing is dropped: whoever takes
-- over a service cannot make the log disappear.
CREATE FUNCTION drop_event_partitions(ended_by timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '500ms' SET timezone = 'UTC' AS $$
DECLARE
  old regclass;
  dropped integer := 0;
BEGIN
  IF ended_by IS NULL OR ended_by > now() - interval '30 days' THEN RAISE EXCEPTION 'the last 30 days are kept'; END IF;
  PERFORM pg_advisory_xact_lock(hashtext('muster event partitions'));
  FOR old IN SELECT p.partition FROM event_partitions() p WHERE p.until <= ended_by LOOP
    EXECUTE format('DROP TABLE %s', old);
    dropped := dropped + 1;
  END LOOP;
  RETURN dropped;
END
$$;
REVOKE ALL ON FUNCTION prepare_event_partitions(integer), drop_event_partitions(timestamptz), event_partitions() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION prepare_event_partitions(integer), drop_event_partitions(timestamptz) TO :"app_role";
SELECT prepare_event_partitions(3);

-- Who follows the log of many organizations asks how far each has come; there is nothing else in these rows.
CREATE POLICY followers_read ON event_sequences FOR SELECT
  USING (current_setting('muster.followers', true) = 'on');
