import type pg from 'pg'

/** Something to wait for until somebody opens it: holds a transaction open in the middle. */
export interface Gate {
  open(): void
  opened: Promise<void>
}

export function newGate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { open: resolve, opened: promise }
}

/** Waits until that many connections of the database wait for a lock; takes a superuser's connection. */
export async function untilWaiting(superuser: pg.Client, count: number): Promise<void> {
  for (;;) {
    const { rows } = await superuser.query(
      `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    )
    if (rows[0].waiting >= count) return
  }
}
