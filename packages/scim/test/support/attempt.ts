import { MusterError } from '@muster/runtime/errors'
import { Refusal } from './oracle-json.ts'

/** What comes out, or the code of the refusal. Any other error is a bug and flies on. */
export function attempt<T>(run: () => T): T | string {
  try {
    return run()
  } catch (error) {
    if (error instanceof MusterError) return error.code
    if (error instanceof Refusal) return error.message
    throw error
  }
}

/** Codes for what is wrong with a value; which of several mistakes in it is met first is nobody's promise. */
const valueMistakes = ['invalidValue', 'invalidSyntax']

/** Whether two outcomes are refusals for the same reason. */
export function isSameRefusal(left: unknown, right: unknown): boolean {
  if (typeof left !== 'string' || typeof right !== 'string') return false
  return left === right || (valueMistakes.includes(left) && valueMistakes.includes(right))
}
