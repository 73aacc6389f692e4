import type { Answer } from './exchange.ts'
import type { JsonObject } from './json.ts'
import { match, show } from './match.ts'
import type { AnswerExpectation, Dialect } from './transcript.ts'

const reportedHeaders = ['content-type', 'location', 'etag', 'retry-after', 'www-authenticate']

/** Compares an answer with what a step expects of it and with what the dialect expects of every answer. */
export function checkAnswer(expected: AnswerExpectation, answer: Answer, dialect: Dialect): string[] {
  const { status, headers = {}, body, withinMs = Infinity } = expected
  const accepted = typeof status === 'number' ? [status] : status
  return [
    ...(accepted.includes(answer.status) ? [] : [`status: expected ${accepted.join(' or ')}, got ${answer.status}`]),
    ...Object.entries(headers).flatMap(([name, pattern]) => match(pattern, answer.headers[name], `header ${name}`)),
    ...checkEntity(answer, dialect),
    ...(body === undefined ? [] : match(body, answer.body, 'body')),
    ...(answer.durationMs <= withinMs
      ? []
      : [`time: expected ${withinMs} ms at most, got ${Math.round(answer.durationMs)} ms`]),
  ]
}

/** An answer as a report shows it. */
export function shownAnswer(answer: Answer): JsonObject {
  const headers = Object.entries(answer.headers).filter(([name]) => reportedHeaders.includes(name))
  return { status: answer.status, headers: Object.fromEntries(headers), body: answer.body ?? answer.text }
}

/** 204 has no body (RFC 9110 §15.3.5); every other body is JSON in UTF-8 of the client's media type. */
function checkEntity({ status, headers, text, body }: Answer, { mediaType }: Dialect): string[] {
  if (text === '') return []
  if (status === 204) return [`body: expected none with 204, got ${show(text)}`]
  const [type, ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(/\s*;\s*/)
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))
  return [
    ...(type === mediaType ? [] : [`header content-type: expected ${mediaType}, got ${type || 'nothing'}`]),
    ...(charset === undefined || charset === 'charset=utf-8'
      ? []
      : [`header content-type: expected utf-8, got ${charset}`]),
    ...(body === undefined ? [`body: expected JSON, got ${show(text)}`] : []),
  ]
}
