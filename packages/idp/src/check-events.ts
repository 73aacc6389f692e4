import { align } from './align.ts'
import type { JsonObject } from './json.ts'
import type { LoggedEvent } from './management-api.ts'
import { match } from './match.ts'
import { anyString } from './patterns.ts'
import { capture, unknown } from './play-step.ts'
import { compared, type ReportEntry } from './report.ts'
import type { EventExpectation } from './transcript.ts'
import { fill, type Variables } from './variables.ts'

/** What every event of a run shows besides its type and data: whose it is, and that a SCIM request caused it. */
const envelope: JsonObject = {
  id: anyString,
  timestamp: anyString,
  organizationId: '{{organizationId}}',
  directoryId: '{{directoryId}}',
  cause: { kind: 'scim', id: anyString },
}

/** The first use of a directory's credentials, whichever transcript happens to make it: expected of none. */
const firstUse = 'directory.activated'

/** Compares the complete list of events of a run, in order: one entry per expected and per unexpected event. */
export function checkEvents(
  expected: readonly EventExpectation[],
  logged: readonly LoggedEvent[],
  variables: Variables,
): ReportEntry[] {
  const actual = logged.filter(({ type }) => type !== firstUse)
  const pairs = align(
    expected.map(({ type }) => type),
    actual.map(({ type }) => type),
  )
  return pairs.map(([expectedIndex, actualIndex]) => {
    const wanted = expectedIndex === undefined ? undefined : expected[expectedIndex]
    const found = actualIndex === undefined ? undefined : actual[actualIndex]
    if (wanted && found) return checkEvent(wanted, found, variables)
    if (wanted)
      return entry(wanted.type, { ...wanted.match }, 'nothing', ['expected in this place, but not in the log'])
    return entry(found?.type ?? '', 'nothing', found?.json ?? null, ['in the log, but not expected in this place'])
  })
}

function checkEvent(wanted: EventExpectation, logged: LoggedEvent, variables: Variables): ReportEntry {
  const lost = capture(wanted.capture, logged.json.data, variables)
  const { value: pattern, missing } = fill({ ...envelope, data: wanted.match }, variables)
  const differences = [...lost, ...missing.map(unknown), ...match(pattern, logged.json, 'event')]
  return entry(wanted.type, pattern, logged.json, differences)
}

function entry(name: string, expected: JsonObject | string, got: JsonObject | string | null, differences: string[]) {
  return compared({ section: 'event', name, expected, got, differences })
}

/** The log of one organization is one sequence: an entry that is not later than the one before it is a broken log. */
export function checkOrder(actual: readonly LoggedEvent[], after: number): ReportEntry[] {
  return actual.flatMap((event, index) => {
    const before = actual[index - 1]?.sequence ?? after
    if (Number.isInteger(event.sequence) && event.sequence > before) return []
    return [entry(event.type, `a sequence above ${before}`, event.json, [`sequence ${event.sequence} after ${before}`])]
  })
}
