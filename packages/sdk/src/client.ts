import { createApi } from './api/api.ts'
import { type Consumer, startConsumer } from './consuming/consumer.ts'
import type { ConsumeOptions } from './consuming/options.ts'
import type { Handling } from './handlers/dispatch.ts'
import { createRegistry, type On, type Registry } from './handlers/registry.ts'
import { createOnce, memorySeen, type Once, type SeenStore } from './handlers/seen.ts'
import { createReceiver, type Receiver, type ReceiverOptions } from './receiving/receiver.ts'
import { createVocabulary, type Vocabulary } from './resources/vocabulary.ts'

export interface ClientOptions {
  /** Of the management API, such as `https://muster.internal.example`. */
  url: string
  /** `muster_key_…`; `ADMIN` for whoever changes something. */
  key: string
  /** Required with an operator's key; other keys have one. */
  organizationId?: string | undefined
  /** `whsec_…` of the webhook endpoints and hooks, for `handler`. */
  secrets?: readonly string[] | undefined
  fetch?: typeof fetch | undefined
  /** Of one attempt of a call; default 30 s. */
  timeoutMilliseconds?: number | undefined
  /** Attempts of a call after the first; default 4. */
  retriesMax?: number | undefined
  /** What was handled already; by default what this process handled lately. */
  seen?: SeenStore | undefined
  /** Told what goes wrong behind the scenes and is tried again: by default the console is. */
  onError?: ((error: unknown) => void) | undefined
}

export interface Client {
  on: On
  $: Vocabulary
  /** Where webhooks and hooks arrive. @throws TypeError without secrets */
  handler(options?: ReceiverOptions): Receiver
  /** Begins to follow the log. */
  consume(options: ConsumeOptions): Consumer
  /** The same client, its handlers included, for another organization: for whoever has an operator's key. */
  forOrganization(organizationId: string): Client
}

/** A client with handlers of its own, beside the default one of `muster`. */
export function createClient(options: ClientOptions, registry: Registry = createRegistry()): Client {
  return assemble(options, registry, createOnce(options.seen ?? memorySeen()))
}

function assemble(options: ClientOptions, registry: Registry, once: Once): Client {
  const api = createApi(options)
  const handling: Handling = { api, registry, once }
  const report = options.onError ?? warn
  return {
    on: registry.on,
    $: createVocabulary(api),
    handler: ({ secrets = options.secrets, poke } = {}) => createReceiver(handling, { secrets, poke, report }),
    consume: (asked) => startConsumer(handling, asked, report),
    forOrganization: (organizationId) => assemble({ ...options, organizationId }, registry, once),
  }
}

function warn(error: unknown): void {
  // biome-ignore lint/suspicious/noConsole: without onError a handler that keeps failing would be silent.
  console.warn('muster:', error)
}
