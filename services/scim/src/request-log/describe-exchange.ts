import type { ScimRequestDraft } from '@muster/repository'
import { maskAddress, maskAgent, maskDetail, maskJson, maskMediaType, maskQuery } from '@muster/scim'
import type { Exchange } from './exchange.ts'

/** Longer answers are lists or large groups: of them the paging numbers say most. */
const answerCharactersMax = 16_384
const headCharacters = 400
const pagingNumber = /"(totalResults|startIndex|itemsPerPage)":(\d{1,10})/g
/** The same for everybody, and public. */
const discovery = /^\/(?:Schemas|ResourceTypes|ServiceProviderConfig)(?:[/.]|$)/i

interface Body {
  /** JSON text; null for none. */
  json: string | null
  truncated: boolean
}

interface ErrorBody {
  scimType?: unknown
  detail?: unknown
}

const none: Body = { json: null, truncated: false }

/** An exchange as the log keeps it: masked, and no longer than it must be. */
export function describeExchange(exchange: Exchange): ScimRequestDraft {
  const { requestBody, answer, status, path } = exchange
  const query = maskQuery(Object(exchange.query))
  const parsed = answer === undefined || answer.length > answerCharactersMax ? undefined : parse(answer)
  const error: ErrorBody = status >= 400 ? Object(parsed) : {}
  const detail = typeof error.detail === 'string' ? maskDetail(error.detail) : null
  const request = requestBody === undefined ? none : masked(requestBody)
  const answered = describeAnswer(exchange, parsed, detail)
  return {
    requestId: exchange.requestId,
    directoryId: exchange.directoryId,
    durationMs: Math.round(exchange.durationMs * 10) / 10,
    method: exchange.method,
    path: maskAddress(path),
    query: query === undefined ? null : JSON.stringify(query),
    status,
    // One of our own words, unlike what a client sends under this name.
    scimType: typeof error.scimType === 'string' ? error.scimType : null,
    detail,
    userAgent: exchange.userAgent === undefined ? null : maskAgent(exchange.userAgent),
    requestMediaType: exchange.requestMediaType === undefined ? null : maskMediaType(exchange.requestMediaType),
    requestBytes: exchange.requestBytes ?? null,
    requestBody: request.json,
    requestTruncated: request.truncated,
    answerMediaType: exchange.answerMediaType === undefined ? null : maskMediaType(exchange.answerMediaType),
    answerBytes: exchange.answerBytes ?? null,
    answerBody: answered.json,
    answerTruncated: answered.truncated,
    skippedBefore: exchange.skippedBefore,
  }
}

function describeAnswer({ method, status, path, answer }: Exchange, parsed: unknown, detail: string | null): Body {
  if (answer === undefined || answer === '' || method === 'HEAD' || (status < 400 && discovery.test(path))) return none
  if (parsed === undefined) return { json: JSON.stringify(pagingOf(answer)), truncated: true }
  if (detail === null) return masked(parsed)
  // The text of an error is ours and stands masked already.
  const { value, truncated } = maskJson(parsed)
  return { json: JSON.stringify({ ...Object(value), detail }), truncated }
}

function masked(body: unknown): Body {
  const { value, truncated } = maskJson(body)
  return { json: JSON.stringify(value), truncated }
}

/** What the beginning of a long answer says of the whole. */
function pagingOf(answer: string): Record<string, number> {
  const found = answer.slice(0, headCharacters).matchAll(pagingNumber)
  return Object.fromEntries(Array.from(found, ([, name, digits]) => [name, Number(digits)]))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
