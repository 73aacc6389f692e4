import type { DirectoryChange } from './directory-shapes.ts'

/** What happened in a fake directory, in order. */
export interface ChangeLog {
  changes: readonly DirectoryChange[]
  /** Writes a change down; answers when it happened. */
  log(kind: 'user' | 'group', id: string, does: DirectoryChange['does'], memberId?: string): Date
  onChange(listener: (change: DirectoryChange) => void): void
}

export function createChangeLog(): ChangeLog {
  const changes: DirectoryChange[] = []
  const listeners: ((change: DirectoryChange) => void)[] = []
  let last = 0
  return {
    changes,
    onChange: (listener) => void listeners.push(listener),
    log: (kind, id, does, memberId) => {
      // No two changes happen at one time.
      last = Math.max(Date.now(), last + 1)
      const at = new Date(last)
      const change = { sequence: changes.length + 1, at, kind, id, does, ...(memberId !== undefined && { memberId }) }
      changes.push(change)
      // Behind whatever the change does yet.
      queueMicrotask(() => {
        for (const listener of listeners) listener(change)
      })
      return at
    },
  }
}
