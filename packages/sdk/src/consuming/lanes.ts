import type { MusterEvent } from '../generated/events.ts'

/** Whom an event is about: events of one subject stay in order however many are handled at a time. */
export function subjectOf({ data, directoryId, type }: MusterEvent): string {
  if ('group' in data) return data.group.id
  if ('user' in data) return data.user.id
  if ('hold' in data) return data.hold.id
  return directoryId ?? type
}

/** Does the work of events, at most so many at a time and those of a subject one after the other. With one: all. */
export async function workInLanes(
  events: readonly MusterEvent[],
  concurrency: number,
  work: (event: MusterEvent) => Promise<void>,
): Promise<void> {
  const lanes = new Map<string, MusterEvent[]>()
  for (const event of events) {
    const subject = concurrency === 1 ? '' : subjectOf(event)
    const lane = lanes.get(subject)
    if (lane === undefined) lanes.set(subject, [event])
    else lane.push(event)
  }
  const waiting = lanes.values()
  const worker = async () => {
    for (const lane of waiting) {
      for (const event of lane) await work(event)
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, lanes.size) }, worker))
}
