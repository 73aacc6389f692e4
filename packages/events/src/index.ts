export { type Cause, type EventType, eventCatalogue, userIdsPerEventMax } from './catalogue.ts'
