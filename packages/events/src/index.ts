export { type Cause, type EventType, eventCatalogue, userIdsPerEventMax } from './catalogue.ts'
export { newSigningSecret } from './signing/secret.ts'
export { type SignedMessage, signMessage } from './signing/sign.ts'
