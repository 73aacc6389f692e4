import { Compile, type Validator } from 'typebox/compile'
import { type EventType, isEventType } from './catalogue.ts'
import { eventSchema } from './event-schema.ts'

const validators = new Map<EventType, Validator>()

/** What is wrong with events, as JSON or on the way to it, by the catalogue's schemas: a line each, without values. */
export function eventDefects(events: readonly object[]): string[] {
  return events.flatMap((event) => {
    const { type, sequence }: { type?: unknown; sequence?: unknown } = event
    if (typeof type !== 'string' || !isEventType(type)) return [`${sequence}: no type of the catalogue`]
    const validator = validatorOf(type)
    const json: unknown = JSON.parse(JSON.stringify(event))
    if (validator.Check(json)) return []
    const found = validator.Errors(json).map(({ instancePath, message }) => `${instancePath} ${message}`)
    return [`${sequence} ${type}: ${[...new Set(found)].join('; ')}`]
  })
}

function validatorOf(type: EventType): Validator {
  const known = validators.get(type) ?? Compile(eventSchema(type))
  validators.set(type, known)
  return known
}
