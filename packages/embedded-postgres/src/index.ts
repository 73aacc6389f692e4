export type { RunningPostgres, StartLog, StartOptions } from './start-postgres.ts'
export { startPostgres } from './start-postgres.ts'
