import { type Api, createApi } from './api/api.ts'
import { type Client, type ClientOptions, createClient } from './client.ts'
import { readEnvironment } from './config.ts'
import { createRegistry, type On } from './handlers/registry.ts'
import { createVocabulary, type Vocabulary } from './resources/vocabulary.ts'

const registry = createRegistry()
let api: Api | undefined

/** Has a handler called by the default client: see `On`. It may be registered before `muster` is called. */
export const on: On = registry.on

/** The constants, and the functions of the default client. */
export const $: Vocabulary = createVocabulary({
  send: (request) => defaultApi().send(request),
  open: (request) => defaultApi().open(request),
})

/**
 * Sets the default client up, whose handlers and functions `on` and `$` are. What is left out is read from `MUSTER_URL`,
 * `MUSTER_KEY`, `MUSTER_ORGANIZATION` and `MUSTER_SECRETS` (separated by commas). Without this call `$` does the same by
 * itself. @throws Error without URL or key
 */
export function muster(options: Partial<ClientOptions> = {}): Client {
  const settings = complete(options)
  api = createApi(settings)
  return createClient(settings, registry)
}

function defaultApi(): Api {
  api ??= createApi(complete({}))
  return api
}

function complete(options: Partial<ClientOptions>): ClientOptions {
  const environment = readEnvironment()
  const { url = environment.url, key = environment.key } = options
  if (!url || !key) throw new Error('Muster is not set up: muster({ url, key }), or MUSTER_URL and MUSTER_KEY')
  const { organizationId = environment.organizationId, secrets = environment.secrets } = options
  return { ...options, url, key, organizationId, secrets }
}
