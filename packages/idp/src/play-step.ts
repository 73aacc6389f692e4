import { checkAnswer, shownAnswer } from './check-answer.ts'
import { exchange, type WireRequest } from './exchange.ts'
import { type Json, type JsonObject, valueAt } from './json.ts'
import { compared, type ReportEntry, type ReportSection } from './report.ts'
import type { Run } from './run.ts'
import type { Capture, Dialect, Query, Step } from './transcript.ts'
import { fill, type Variables } from './variables.ts'

/**
 * Sends one step and compares the answer. A step whose request needs a variable that nothing captured is not sent.
 * Throws `unavailable` when the server gives no answer.
 */
export async function playStep(step: Step, run: Run, section: ReportSection): Promise<ReportEntry> {
  const { value: sent, missing } = fill(requestOf(step), run.variables)
  const request = toWire(sent, step, run)
  const shown = { method: request.method, url: request.url, ...(request.body && { body: request.body }) }
  const entry = { section, name: step.name, request: shown }
  if (missing.length > 0)
    return compared({ ...entry, expected: expectationOf(step), got: 'not sent', differences: missing.map(unknown) })
  const answer = await exchange(request, run.requestSignal())
  const lost = capture(step.capture, answer.body, run.variables)
  const { value: expected, missing: gaps } = fill(expectationOf(step), run.variables)
  return compared({
    ...entry,
    expected,
    got: shownAnswer(answer),
    differences: [...lost, ...gaps.map(unknown), ...checkAnswer(expected, answer, run.transcript.dialect)],
  })
}

/** Stores what a capture names; returns a difference for each path that leads nowhere. */
export function capture(wanted: Capture | undefined, source: Json | undefined, variables: Variables): string[] {
  return Object.entries(wanted ?? {}).flatMap(([name, path]) => {
    const value = valueAt(source, path)
    if (value === undefined || value === null) return [`nothing to capture at ${path || 'the body'} for {{${name}}}`]
    variables.set(name, value)
    return []
  })
}

/** The difference for a variable without a value. */
export function unknown(placeholder: string): string {
  return `${placeholder} has no value: nothing captured it`
}

type Sent = JsonObject & { readonly path: string; readonly query: Query; readonly body?: JsonObject }

function requestOf(step: Step): Sent {
  return { path: step.path, query: step.query ?? {}, ...(step.body && { body: step.body }) }
}

function expectationOf(step: Step): JsonObject & Step['expect'] {
  return { ...step.expect }
}

function toWire(sent: Sent, step: Step, run: Run): WireRequest {
  const { dialect } = run.transcript
  const query = queryText({ ...dialect.query, ...sent.query }, dialect)
  return {
    method: step.method,
    url: `${run.scimBaseUrl}${sent.path}${query}`,
    headers: {
      ...dialect.headers,
      ...(sent.body && { 'content-type': dialect.contentType }),
      ...step.headers,
      ...authorizationOf(step, run),
    },
    ...(sent.body && { body: sent.body }),
  }
}

function authorizationOf({ authorization }: Step, { target }: Run): Record<string, string> {
  if (authorization === null) return {}
  return { authorization: authorization ?? `Bearer ${target.token}` }
}

function queryText(query: Query, { space }: Dialect): string {
  const pairs = Object.entries(query).map(([name, value]) =>
    value === null ? name : `${name}=${encodeURIComponent(value).replaceAll('%20', space)}`,
  )
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}
