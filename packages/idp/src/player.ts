import { MusterError } from '@muster/runtime/errors'
import { checkEvents, checkOrder } from './check-events.ts'
import { readEvents, readLastSequence, readUser } from './management-api.ts'
import { match } from './match.ts'
import { playStep, unknown } from './play-step.ts'
import { compared, type Report, type ReportEntry, type ReportSection } from './report.ts'
import { type Run, startRun } from './run.ts'
import type { ManagementTarget, Target } from './target.ts'
import type { Step, Transcript, UserExpectation } from './transcript.ts'
import { transcriptDefects } from './transcript-defects.ts'
import { fill } from './variables.ts'

/**
 * Plays a transcript against a server and reports everything that was compared: each step, each resource of the final
 * state, each event of the log since the run began, each person.
 *
 * Whatever goes wrong on the other side is in the report. Throws `badRequest` only for a target that cannot be used.
 */
export async function play(transcript: Transcript, target: Target): Promise<Report> {
  const run = startRun(transcript, target)
  const defects = transcriptDefects(transcript)
  if (defects.length > 0) return reportOf(run, [fault('transcript', 'a usable transcript', defects)])
  let before = 0
  try {
    if (target.events) before = await readLastSequence(target.events, run.requestSignal)
  } catch (error) {
    // Nothing has been sent yet: without a log to compare with, the directory is better left alone.
    return reportOf(run, [fault('transcript', 'a readable event log before the run', [detailOf(error)])])
  }
  return reportOf(run, await playAll(run, before))
}

async function playAll(run: Run, before: number): Promise<ReportEntry[]> {
  const { steps, finalState } = run.transcript
  const looks = finalState.resources.map((resource): Step => ({ ...resource, method: 'GET' }))
  const entries = await playSteps(steps, run, 'step')
  entries.push(...(await playSteps(looks, run, 'resource')))
  const { events } = run.target
  if (!events) return [...entries, notLookedAt(run)]
  entries.push(...(await playLog(run, events, before)))
  for (const user of finalState.users ?? []) entries.push(await playUser(user, run, events))
  return entries
}

/** After a request without an answer the rest is not sent: it would only wait for its own timeout, step by step. */
async function playSteps(steps: readonly Step[], run: Run, section: ReportSection): Promise<ReportEntry[]> {
  const entries: ReportEntry[] = []
  let broken = false
  for (const step of steps) {
    if (broken) {
      entries.push(fault(section, step.name, ['not sent: an earlier request got no answer']))
      continue
    }
    try {
      entries.push(await playStep(step, run, section))
    } catch (error) {
      broken = true
      entries.push(fault(section, step.name, [detailOf(error)]))
    }
  }
  return entries
}

async function playLog(run: Run, target: ManagementTarget, before: number): Promise<ReportEntry[]> {
  try {
    const logged = await readEvents(target, before, run.requestSignal)
    return [...checkEvents(run.transcript.finalState.events, logged, run.variables), ...checkOrder(logged, before)]
  } catch (error) {
    return [fault('event', 'a readable event log after the run', [detailOf(error)])]
  }
}

async function playUser(user: UserExpectation, run: Run, target: ManagementTarget): Promise<ReportEntry> {
  const { value, missing } = fill({ id: user.id, match: user.match }, run.variables)
  if (missing.length > 0) return fault('user', user.name, missing.map(unknown))
  try {
    const got = await readUser(target, value.id, run.requestSignal())
    return compared({
      section: 'user',
      name: user.name,
      expected: value.match,
      got,
      differences: match(value.match, got, 'user'),
    })
  } catch (error) {
    return fault('user', user.name, [detailOf(error)])
  }
}

function notLookedAt(run: Run): ReportEntry {
  const { events, users = [] } = run.transcript.finalState
  const differences = [`${events.length} events and ${users.length} people not compared: no management API given`]
  return { section: 'event', name: 'event log', outcome: 'skipped', expected: null, got: null, differences }
}

function fault(section: ReportSection, name: string, differences: readonly string[]): ReportEntry {
  return { section, name, outcome: 'failed', expected: null, got: null, differences }
}

function detailOf(error: unknown): string {
  // Anything else is a mistake in the player itself and must not look like a server's failure.
  if (!(error instanceof MusterError)) throw error
  return error.detail
}

function reportOf(run: Run, entries: readonly ReportEntry[]): Report {
  return {
    transcript: run.transcript.name,
    idp: run.transcript.idp,
    dialect: run.transcript.dialect.name,
    run: String(run.variables.get('run')),
    ok: entries.every(({ outcome }) => outcome !== 'failed'),
    durationMs: Math.round(performance.now() - run.startedAt),
    entries,
  }
}
