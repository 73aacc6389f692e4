export { MusterApiError } from './api/api-error.ts'
export type { Listing, Page } from './api/listing.ts'
export { type Client, type ClientOptions, createClient } from './client.ts'
export { type Checkpoint, memoryCheckpoint } from './consuming/checkpoint.ts'
export type { Consumer } from './consuming/consumer.ts'
export type { ConsumeOptions } from './consuming/options.ts'
export { type LocalCopies, type LocalCopy, reconcile } from './consuming/reconcile.ts'
export type { Snapshot } from './consuming/snapshot.ts'
export { $, muster, on } from './default-client.ts'
export type * from './generated/events.ts'
export {
  type Handler,
  type Happenings,
  type HappeningType,
  type UserDraft,
  type Veto,
  veto,
} from './handlers/happenings.ts'
export type { On } from './handlers/registry.ts'
export { memorySeen, type SeenStore } from './handlers/seen.ts'
export type { Receiver, ReceiverOptions } from './receiving/receiver.ts'
export type { UserValues } from './resources/user-attributes.ts'
export type { Vocabulary } from './resources/vocabulary.ts'
