import { linkAbort } from '../api/linked-abort.ts'
import { pause } from '../api/pause.ts'

/** What somebody waits at who may be woken; who is woken while busy does not wait the next time. */
export interface Bell {
  ring(): void
  wait(milliseconds: number, signal: AbortSignal): Promise<void>
}

export function createBell(): Bell {
  let rung = false
  let wake: (() => void) | undefined
  return {
    ring: () => {
      rung = true
      wake?.()
    },
    wait: async (milliseconds, signal) => {
      if (!rung) {
        const waiting = linkAbort(signal)
        wake = () => waiting.abort('rung')
        await pause(milliseconds, waiting.signal)
        waiting.release()
        wake = undefined
      }
      rung = false
    },
  }
}
