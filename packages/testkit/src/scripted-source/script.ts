import { setTimeout as wait } from 'node:timers/promises'
import { ConnectorError } from '@muster/connectors'
import type { Position } from './position.ts'
import type { ScriptedEvent, ScriptedPlace, SourceState } from './source-state.ts'
import type { SourceStore } from './source-store.ts'

const gatePollMilliseconds = 10

/** The events of the script that happen at a page, noted as happened. */
export function takeEvents(store: SourceStore, position: Position | 'check'): ScriptedEvent[] {
  const { script } = store.read()
  const matching = script.flatMap((event, index) => (isAt(event.at, position) ? [{ event, index }] : []))
  return matching.flatMap(({ event, index }) => {
    const happened = store.notes().filter((note) => note.kind === 'event' && note.index === index).length
    if (happened >= (event.times ?? Number.POSITIVE_INFINITY)) return []
    store.note({ kind: 'event', index })
    return [event]
  })
}

/** Notes that a page is paused at a gate, and waits until that is opened. @throws ConnectorError `interrupted` when aborted */
export async function waitAtGate(store: SourceStore, gate: string, signal: AbortSignal): Promise<void> {
  store.note({ kind: 'paused', gate, process: process.pid })
  const isOpen = (state: SourceState) => state.openGates.includes(gate)
  while (!isOpen(store.read())) await waitFor(gatePollMilliseconds, signal)
}

/** Waits. @throws ConnectorError `interrupted` when aborted */
export async function waitFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  await wait(milliseconds, undefined, { signal }).catch(() => assertNotAborted(signal))
}

/** Never ends but by being aborted. @throws ConnectorError `interrupted` */
export async function hang(signal: AbortSignal): Promise<never> {
  for (;;) await waitFor(60_000, signal)
}

export function assertNotAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new ConnectorError('interrupted', 'Reading was given up.')
}

function isAt(place: ScriptedPlace, position: Position | 'check'): boolean {
  if (position === 'check') return place.round === 'check'
  const { round, phase, page } = place
  if (round !== undefined && round !== position.round) return false
  if (phase === undefined) return page === undefined || page === position.page
  return phase === position.phase && (page === undefined || page === position.pageOfPhase)
}
