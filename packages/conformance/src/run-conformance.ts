import { MusterError } from '@muster/runtime/errors'
import { type Discovery, discoveryOf, missing } from './capabilities.ts'
import type { Check } from './check.ts'
import { CheckFailure, CheckSkipped } from './check-outcome.ts'
import { placeOf } from './checklist/checklist.ts'
import { allChecks } from './checks/all-checks.ts'
import { type Choice, chooseChecks } from './choose-checks.ts'
import { send, type Target } from './connection.ts'
import { type CheckResult, type ConformanceReport, countResults, isConformant } from './report.ts'
import { Subject } from './subject.ts'

export interface RunOptions extends Choice {
  /** For each check; what it made is removed in a time of its own. */
  readonly timeoutMs?: number
  /** Checks that run at the same time. */
  readonly parallel?: number
  /** Ends the run early: what was made is removed all the same. */
  readonly signal?: AbortSignal
  readonly onResult?: (result: CheckResult, done: number, total: number) => void
}

const defaultTimeoutMs = 30_000
const cleanUpMs = 20_000

/**
 * Tries a server from outside. It touches only what it makes, each check apart from the others, and tries nothing twice.
 * Throws `unavailable` when the server does not answer, `unauthenticated` when it does not take the token, `badRequest`
 * when the choice of checks makes no sense.
 */
export async function runConformance(given: Target, options: RunOptions): Promise<ConformanceReport> {
  const started = performance.now()
  const startedAt = new Date().toISOString()
  const checks = chooseChecks(allChecks, options)
  const target = { ...given, baseUrl: given.baseUrl.replace(/\/+$/, '') }
  const discovery = await discover(target, AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs))
  const results: CheckResult[] = new Array(checks.length)
  const entries = checks.entries()
  let done = 0
  const worker = async () => {
    for (const [index, check] of entries) {
      if (options.signal?.aborted) return
      const result = await runCheck(check, target, discovery, options)
      results[index] = result
      options.onResult?.(result, ++done, checks.length)
    }
  }
  await Promise.all(Array.from({ length: options.parallel ?? 1 }, worker))
  const finished = results.filter((result) => result !== undefined)
  return {
    baseUrl: target.baseUrl,
    profile: options.profile,
    startedAt,
    durationMs: Math.round(performance.now() - started),
    conformant: isConformant(finished),
    interrupted: options.signal?.aborted ?? false,
    counts: countResults(finished),
    results: finished,
  }
}

/** Reads what the server says of itself, and makes sure that it takes the token. */
export async function discover(target: Target, signal: AbortSignal): Promise<Discovery> {
  const get = (path: string) => send(target, { method: 'GET', path }, signal)
  const [config, resourceTypes, schemas, users] = await Promise.all(
    ['/ServiceProviderConfig', '/ResourceTypes', '/Schemas', '/Users?count=1'].map(get),
  )
  if (!config || !resourceTypes || !schemas || !users)
    throw new MusterError('unavailable', 'The server does not answer.')
  if ([401, 403].includes(users.status)) {
    throw new MusterError('unauthenticated', `The server does not take the token: GET /Users is ${users.status}.`)
  }
  if (config.status === 404 && users.status === 404) {
    throw new MusterError(
      'unavailable',
      `There is no SCIM at ${target.baseUrl}: /Users and /ServiceProviderConfig are 404.`,
    )
  }
  return discoveryOf(config, resourceTypes, schemas)
}

/** Runs one check, whatever becomes of it, and removes what it made. */
export async function runCheck(
  check: Check,
  target: Target,
  discovery: Discovery,
  { timeoutMs = defaultTimeoutMs, signal }: Pick<RunOptions, 'timeoutMs' | 'signal'>,
): Promise<CheckResult> {
  const started = performance.now()
  const limits = [AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]
  const subject = new Subject(target, discovery, AbortSignal.any(limits))
  const lacking = (check.needs ?? []).flatMap((capability) => missing(capability, discovery) ?? [])
  const outcome =
    lacking.length > 0
      ? { outcome: 'skipped' as const, reason: lacking.join('; ') }
      : await check.run(subject).then(() => ({ outcome: 'passed' as const }), describe)
  const left = await subject.cleanUp(AbortSignal.timeout(cleanUpMs))
  const { points, title, level } = check
  return {
    points,
    section: placeOf(points[0]).section.title,
    title,
    level,
    source: [...new Set(points.map((number) => placeOf(number).point.source))].join('; '),
    ...outcome,
    durationMs: Math.round(performance.now() - started),
    left,
  }
}

function describe(error: unknown): Pick<CheckResult, 'outcome' | 'reason' | 'failure'> {
  if (error instanceof CheckSkipped) return { outcome: 'skipped', reason: error.message }
  if (error instanceof CheckFailure) {
    const { expected, got, exchange } = error
    return { outcome: 'failed', failure: { expected, got, ...(exchange && { exchange }) } }
  }
  if (error instanceof MusterError) return { outcome: 'failed', reason: error.detail }
  return { outcome: 'failed', reason: `the check itself broke: ${String(error)}` }
}
