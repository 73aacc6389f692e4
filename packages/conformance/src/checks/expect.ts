import type { Json } from '@muster/scim'
import { CheckFailure } from '../check-outcome.ts'
import { shown } from '../shown.ts'

/** For what is not about one answer. Throws CheckFailure. */
export function expectThat(holds: boolean, expected: string, got: string): void {
  if (!holds) throw new CheckFailure(expected, got)
}

export function expectSame(got: readonly Json[], expected: readonly Json[], what: string): void {
  expectThat(JSON.stringify(got) === JSON.stringify(expected), `${what} to be ${shown([...expected])}`, shown([...got]))
}

export function isText(value: Json | undefined): value is string {
  return typeof value === 'string' && value !== ''
}

export function isBoolean(value: Json | undefined): value is boolean {
  return typeof value === 'boolean'
}

export function isCount(value: Json | undefined): value is number {
  return Number.isInteger(value) && Number(value) >= 0
}

/** xsd:dateTime with a date, a time and a zone (RFC 7643 §2.3.5). */
export function isInstant(value: Json | undefined): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value)
}
