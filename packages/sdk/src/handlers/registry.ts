import { eventConstants } from '../generated/events.ts'
import { hookConstants } from '../resources/vocabulary.ts'
import type { Handler, HappeningType } from './happenings.ts'

/**
 * Has a handler called for a constant of `$`, or each of several. Handlers of one type are called in the order of
 * registration, each when the one before has ended; the first that throws makes the event fail, and come again.
 * Answers a function that takes the handler away. @throws TypeError for what cannot be handled: a misspelt constant
 */
export type On = <T extends HappeningType>(type: T | readonly T[], handler: Handler<T>) => () => void

export interface Registry {
  on: On
  /** In the order of registration. */
  handlersOf<T extends HappeningType>(type: T): readonly Handler<T>[]
}

export function createRegistry(): Registry {
  const handlers = new Map<string, Handler<never>[]>()
  return {
    on: (type, handler) => {
      const types: readonly string[] = typeof type === 'string' ? [type] : type
      const unknown = types.findIndex((each) => !known.has(each))
      if (unknown !== -1) throw new TypeError(`There is nothing to handle called ${String(types[unknown])}`)
      for (const each of types) handlers.set(each, [...(handlers.get(each) ?? []), handler])
      return () => {
        for (const each of types) {
          handlers.set(
            each,
            (handlers.get(each) ?? []).filter((other) => other !== handler),
          )
        }
      }
    },
    handlersOf: <T extends HappeningType>(type: T) => (handlers.get(type) ?? []) as unknown as readonly Handler<T>[],
  }
}

const known: ReadonlySet<string> = new Set(namesIn({ ...eventConstants, ...hookConstants }))

function namesIn(constants: object): string[] {
  return Object.values(constants).flatMap((value) => (typeof value === 'string' ? [value] : namesIn(value)))
}
