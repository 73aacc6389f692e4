/**
 * The whole environment of every Postgres process. Nothing of the caller's leaks in: PG* variables would change what
 * initdb and the server do, and a fixed zone and locale keep clusters alike on every machine (TZ also saves initdb a
 * walk through all time zone files).
 */
export const processEnvironment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
} as const
