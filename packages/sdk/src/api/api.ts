import { toApiError } from './api-error.ts'
import { linkAbort } from './linked-abort.ts'
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

interface Answer {
  ok: boolean
  status: number
  retryAfter: string | null
  text: string
}

const defaults = { timeoutMilliseconds: 30_000, retriesMax: 4 } as const
/** Refused before anything was done. */
const notBegun = 429
const overloaded = 503

export function createApi(options: ApiOptions): Api {
  const { timeoutMilliseconds = defaults.timeoutMilliseconds, retriesMax = defaults.retriesMax } = options
  const doFetch = options.fetch ?? fetch
  const url = (request: ApiRequest) => address(options, request)

  async function attempt(request: ApiRequest): Promise<Answer> {
    const { method = 'GET', body, signal } = request
    const limit = linkAbort(signal)
    const timer = setTimeout(
      () => limit.abort(new DOMException(`No answer within ${timeoutMilliseconds} ms`, 'TimeoutError')),
      timeoutMilliseconds,
    )
    try {
      const response = await doFetch(url(request), {
        method,
        headers: {
          authorization: `Bearer ${options.key}`,
          accept: 'application/json',
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: limit.signal,
      })
      const { ok, status, headers } = response
      return { ok, status, retryAfter: headers.get('retry-after'), text: await response.text() }
    } finally {
      clearTimeout(timer)
      limit.release()
    }
  }

  async function send<T>(request: ApiRequest): Promise<T> {
    const { method = 'GET', repeatable = method !== 'POST', signal } = request
    for (let tried = 1; ; tried++) {
      const last = tried > retriesMax || signal?.aborted
      const answer = await attempt(request).catch((error: unknown) => {
        if (last || !repeatable || signal?.aborted) throw error
      })
      if (answer?.ok) return (answer.text === '' ? undefined : JSON.parse(answer.text)) as T
      const again = answer === undefined || answer.status === notBegun || (repeatable && answer.status === overloaded)
      if (answer && (last || !again)) throw toApiError(answer.status, answer.text, `${method} ${request.path}`)
      await pause(retryDelay(tried, answer?.retryAfter), signal)
    }
  }

  async function open({ accept, headers, ...request }: StreamRequest): Promise<Response> {
    const response = await doFetch(url(request), {
      headers: { authorization: `Bearer ${options.key}`, accept, ...headers },
      ...(request.signal && { signal: request.signal }),
    })
    if (!response.ok) throw toApiError(response.status, await response.text(), `GET ${request.path}`)
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
