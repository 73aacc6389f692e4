import { readProblem } from './api-error.ts'
import { pause } from './pause.ts'
import { retryDelay } from './retry-delay.ts'

/** How the management API is reached. */
export interface ApiOptions {
  /** Of the admin service, such as `https://muster.internal.example`. */
  url: string
  /** `muster_key_…` */
  key: string
  /** Required with an operator's key; other keys have one. */
  organizationId?: string | undefined
  fetch?: typeof fetch | undefined
  /** Of one attempt; default 30 s. A stream is given as long as it takes. */
  timeoutMilliseconds?: number | undefined
  /** Attempts after the first; default 4. */
  retriesMax?: number | undefined
}

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>

export interface ApiRequest {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Such as `/api/users`; parts that are not constant are encoded by the caller. */
  path: string
  /** Lists are joined by commas; what is undefined is left out. */
  query?: Query
  body?: unknown
  /** A POST that may be repeated when nobody knows whether it arrived. All other methods may. */
  repeatable?: boolean
  /** The address names the organization, or there is none: the client's own is not added. */
  withoutOrganization?: boolean
  signal?: AbortSignal | undefined
}

export interface StreamRequest extends ApiRequest {
  accept: string
  headers?: Readonly<Record<string, string>>
}

/** Calls the management API. Both verbs throw `MusterApiError` for what it refuses, and fetch's errors beyond that. */
export interface Api {
  /** The JSON of the answer; undefined of an empty one. */
  send<T>(request: ApiRequest): Promise<T>
  /** The answer as it comes, without a limit of time, attempted once. */
  open(request: StreamRequest): Promise<Response>
}

const defaults = { timeoutMilliseconds: 30_000, retriesMax: 4 } as const
/** Refused before anything was done. */
const notBegun = 429
const overloaded = 503

export function createApi(options: ApiOptions): Api {
  const { timeoutMilliseconds = defaults.timeoutMilliseconds, retriesMax = defaults.retriesMax } = options
  const doFetch = options.fetch ?? fetch
  const url = (request: ApiRequest) => address(options, request)

  async function attempt(request: ApiRequest): Promise<Response> {
    const { method = 'GET', body, signal } = request
    const limit = AbortSignal.timeout(timeoutMilliseconds)
    return doFetch(url(request), {
      method,
      headers: {
        authorization: `Bearer ${options.key}`,
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    })
  }

  async function send<T>(request: ApiRequest): Promise<T> {
    const { method = 'GET', repeatable = method !== 'POST', signal } = request
    for (let tried = 1; ; tried++) {
      const last = tried > retriesMax || signal?.aborted
      const response = await attempt(request).catch((error: unknown) => {
        if (last || !repeatable || signal?.aborted) throw error
      })
      if (response?.ok) return (await readJson(response)) as T
      const again =
        response === undefined || response.status === notBegun || (repeatable && response.status === overloaded)
      if (response && (last || !again)) throw await readProblem(response, `${method} ${request.path}`)
      await response?.body?.cancel()
      await pause(retryDelay(tried, response?.headers.get('retry-after')), signal)
    }
  }

  async function open({ accept, headers, ...request }: StreamRequest): Promise<Response> {
    const response = await doFetch(url(request), {
      headers: { authorization: `Bearer ${options.key}`, accept, ...headers },
      ...(request.signal && { signal: request.signal }),
    })
    if (!response.ok) throw await readProblem(response, `GET ${request.path}`)
    return response
  }

  return { send, open }
}

function address({ url, organizationId }: ApiOptions, { path, query = {}, withoutOrganization }: ApiRequest): string {
  const parameters = new URLSearchParams()
  const all = { ...(!withoutOrganization && { organizationId }), ...withoutUndefined(query) }
  for (const [name, value] of Object.entries(all)) {
    if (value !== undefined) parameters.set(name, Array.isArray(value) ? value.join(',') : String(value))
  }
  const text = parameters.toString()
  return `${url.replace(/\/+$/, '')}${path}${text === '' ? '' : `?${text}`}`
}

function withoutUndefined(query: Query): Query {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined))
}

async function readJson(response: Response): Promise<unknown> {
  const text = await response.text()
  return text === '' ? undefined : JSON.parse(text)
}
