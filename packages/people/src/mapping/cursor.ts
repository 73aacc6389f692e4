import { MusterError } from '@muster/runtime/errors'

/** A place in the text of an expression. `target` names what the expression is for, in errors. */
export interface Cursor {
  readonly text: string
  readonly target: string
  at: number
}

/** The error for an expression that is not valid at a place (characters from 0); it repeats nothing of the text. */
export function invalidExpression({ target, at }: Cursor, problem: string): MusterError {
  return new MusterError('invalidValue', `${target}: at position ${at}: ${problem}`)
}

/** The match of a sticky pattern at the cursor, which moves behind it; undefined when there is none. */
export function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = cursor.at
  const match = pattern.exec(cursor.text)
  if (match === null) return undefined
  cursor.at = pattern.lastIndex
  return match
}

/** Moves behind a mark and the white space around it, if it is there. */
export function skip(cursor: Cursor, mark: string): boolean {
  const before = cursor.at
  take(cursor, space)
  if (!cursor.text.startsWith(mark, cursor.at)) {
    cursor.at = before
    return false
  }
  cursor.at += mark.length
  take(cursor, space)
  return true
}

/** Moves behind a mark. @throws `invalidValue` when it is not there */
export function expect(cursor: Cursor, mark: string): void {
  if (!skip(cursor, mark)) throw invalidExpression(cursor, `"${mark}" is expected`)
}

const space = /\s*/y
