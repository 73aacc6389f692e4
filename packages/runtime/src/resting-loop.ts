import { setTimeout as delay } from 'node:timers/promises'

/** Milliseconds between two looks, at least; and a loop rests so many times as long as its look took. */
const rest = { millisecondsMin: 100, timesTheLook: 10 } as const

/**
 * Looks again and again until told to stop. It rests ten times as long as a look took, and 100 ms at least, or more where the
 * caller is in no hurry: whatever a look costs, it takes no more than a tenth of the time of what it looks at. A look that fails is told and made again.
 */
export function lookRepeatedly(
  look: () => Promise<void>,
  onError: (error: unknown) => void,
  { restMilliseconds = rest.millisecondsMin }: { restMilliseconds?: number } = {},
): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      const begun = performance.now()
      await look().catch(onError)
      const milliseconds = Math.max(restMilliseconds, rest.timesTheLook * (performance.now() - begun))
      await delay(milliseconds, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  })()
  return {
    stop: () => {
      stopping.abort()
      return looking
    },
  }
}
