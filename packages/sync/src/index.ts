export { checkSource, type SourceCheck } from './check-source.ts'
export type { OpenConnector } from './open-source.ts'
export { runSync } from './run-sync.ts'
export { type SyncPace, syncPace } from './sync-pace.ts'
