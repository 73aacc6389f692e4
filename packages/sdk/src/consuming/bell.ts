import { pause } from '../api/pause.ts'

/** What somebody waits at who may be woken; who is woken while busy does not wait the next time. */
export interface Bell {
  ring(): void
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}

export function createBell(): Bell {
  let rung = false
  let waiting: AbortController | undefined
  return {
    ring: () => {
      rung = true
      waiting?.abort()
    },
    wait: async (milliseconds, signal) => {
      if (!rung) {
        waiting = new AbortController()
        await pause(milliseconds, AbortSignal.any([waiting.signal, signal]))
        waiting = undefined
      }
      rung = false
    },
  }
}
