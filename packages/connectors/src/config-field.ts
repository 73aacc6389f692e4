import { MusterError } from '@muster/runtime/errors'
import { type TObject, Type } from 'typebox'

/**
 * What is marked on the fields of a configuration, beside JSON Schema. `secret`: never shown again. `destination`: decides where secrets
 * are sent to, so that changing it asks for the secrets anew.
 */
export interface FieldMarks {
  secret?: true
  destination?: true
}

/** A field that is a secret: a password, a key, a token. */
export function secretText(description: string, options: { maxLength?: number } = {}) {
  return Type.String({ minLength: 1, maxLength: options.maxLength ?? 4_096, description, secret: true })
}

/** The names of the fields that carry a mark. */
export function markedFields(schema: TObject, mark: keyof FieldMarks): string[] {
  return Object.entries(schema.properties).flatMap(([name, field]) =>
    (field as FieldMarks)[mark] === true ? [name] : [],
  )
}

/** What is said of a field that cannot be as it is: its name and what it must be, never its value. */
export function refusedField(field: string, requirement: string): MusterError {
  return new MusterError('invalidValue', `\`${field}\` ${requirement}.`)
}
