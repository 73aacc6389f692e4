import { isStorable } from '../storable-text.ts'
import { type Cursor, expect, invalidExpression, skip, take } from './cursor.ts'
import { type Expression, expressionLimits, type Step } from './expression.ts'
import { findFunction, type MappingFunction, type Parameter } from './functions.ts'
import { bareName, quotedName, urnContainer } from './names.ts'

const textLiteral = /"(?:[^"\\]|\\.)*"/y
const numberLiteral = /-?\d{1,3}(?![\w.])/y
const word = /true\b|false\b/iy
const equals = /\s+eq\s+/iy
const space = /\s*/y

/**
 * Parses an expression:
 *
 * - a path: `title`, `name.givenName`, `emails[primary eq true].value`, `emails[0].value` (from the end: `[-1]`),
 *   `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department`, names of any other characters between
 *   backticks; a name is looked up as it is, else in any case;
 * - a call of a function: `first(a, b, "none")`, see `mappingFunctions`; what yields an element is followed by a path:
 *   `preferred(emails, "work").value`;
 * - a text in double quotes, as JSON writes it.
 *
 * @param target what the expression is for, named in errors
 * @throws `invalidValue` with target and position, for what is not an expression or is past `expressionLimits`
 */
export function parseExpression(text: string, target: string): Expression {
  const cursor: Cursor = { text, target, at: 0 }
  if (text.length > expressionLimits.characters) {
    throw invalidExpression(cursor, `an expression has at most ${expressionLimits.characters} characters`)
  }
  if (!isStorable(text)) throw invalidExpression(cursor, 'a NUL character or half a surrogate pair is not allowed')
  take(cursor, space)
  const expression = parseAt(cursor, expressionLimits.depth)
  if (!fits(expression, 'value')) throw invalidExpression({ ...cursor, at: 0 }, `${expected.value} is expected`)
  take(cursor, space)
  if (cursor.at < text.length) throw invalidExpression(cursor, 'the end is expected')
  return expression
}

function parseAt(cursor: Cursor, depth: number): Expression {
  if (cursor.text[cursor.at] === '"') return { kind: 'text', value: parseText(cursor) }
  const number = take(cursor, numberLiteral)
  if (number !== undefined) return { kind: 'number', value: parseNumber(number[0]) }
  const at = cursor.at
  const container = take(cursor, urnContainer)?.[0].slice(0, -1)
  if (container !== undefined) {
    return { kind: 'path', steps: [{ kind: 'member', name: container }, parseMember(cursor), ...parseSteps(cursor)] }
  }
  const isQuoted = cursor.text[at] === '`'
  const first = parseMember(cursor)
  if (!isQuoted && skip(cursor, '(')) return parseCall({ ...cursor, at }, cursor, first.name, depth)
  return { kind: 'path', steps: [first, ...parseSteps(cursor)] }
}

/** What follows `name(`; `start` is where the name stands. */
function parseCall(start: Cursor, cursor: Cursor, name: string, depth: number): Expression {
  const called = findFunction(name)
  if (called === undefined) throw invalidExpression(start, 'this function is not known')
  if (depth === 0) throw invalidExpression(start, `calls are nested at most ${expressionLimits.depth} deep`)
  const operands = parseOperands(cursor, called, depth - 1)
  if (operands.length < called.required) {
    throw invalidExpression(start, `more is expected: ${called.usage}`)
  }
  const before = { ...cursor }
  const steps = parseSteps(cursor)
  if (steps.length > 0 && called.yields !== 'element') {
    throw invalidExpression(before, `${name} yields a text, into which no path leads`)
  }
  return { kind: 'call', name, operands, steps }
}

function parseOperands(cursor: Cursor, facts: MappingFunction, depth: number): Expression[] {
  const operands: Expression[] = []
  do {
    const at = { ...cursor }
    const kind = facts.parameters[operands.length] ?? (facts.repeats ? facts.parameters.at(-1) : undefined)
    if (kind === undefined || operands.length === expressionLimits.operands) {
      throw invalidExpression(at, `fewer are expected: ${facts.usage}`)
    }
    const operand = parseAt(cursor, depth)
    if (!fits(operand, kind)) throw invalidExpression(at, `${expected[kind]} is expected: ${facts.usage}`)
    operands.push(operand)
  } while (skip(cursor, ','))
  expect(cursor, ')')
  return operands
}

const expected: Record<Parameter, string> = {
  value: 'a path, a call or a text',
  text: 'a text in double quotes',
  mark: 'a text that is not empty',
  number: 'a number',
}

function fits(operand: Expression, kind: Parameter): boolean {
  if (kind === 'mark') return operand.kind === 'text' && operand.value !== ''
  if (kind === 'text') return operand.kind === 'text'
  return (operand.kind === 'number') === (kind === 'number')
}

function parseSteps(cursor: Cursor): Step[] {
  const steps: Step[] = []
  for (;;) {
    if (cursor.text[cursor.at] === '.') {
      cursor.at++
      steps.push(parseMember(cursor))
    } else if (cursor.text[cursor.at] === '[') steps.push(parseSelection(cursor))
    else return steps
  }
}

function parseMember(cursor: Cursor): { kind: 'member'; name: string } {
  const name = take(cursor, quotedName)?.[1] ?? take(cursor, bareName)?.[0]
  if (name === undefined) throw invalidExpression(cursor, 'a name is expected')
  return { kind: 'member', name }
}

function parseSelection(cursor: Cursor): Step {
  expect(cursor, '[')
  const index = take(cursor, numberLiteral)
  if (index !== undefined) {
    closeSelection(cursor)
    return { kind: 'index', index: parseNumber(index[0]) }
  }
  const { name } = parseMember(cursor)
  if (take(cursor, equals) === undefined) throw invalidExpression(cursor, '"eq" is expected')
  const truth = take(cursor, word)?.[0].toLowerCase()
  const value = truth === undefined ? parseText(cursor) : truth === 'true'
  closeSelection(cursor)
  return { kind: 'where', name, value }
}

/** White space behind the bracket is left alone: no step follows it. */
function closeSelection(cursor: Cursor): void {
  take(cursor, space)
  if (cursor.text[cursor.at] !== ']') throw invalidExpression(cursor, '"]" is expected')
  cursor.at++
}

/** Minus zero is zero. */
function parseNumber(source: string): number {
  return Number(source) + 0
}

function parseText(cursor: Cursor): string {
  const start = { ...cursor }
  const source = take(cursor, textLiteral)
  if (source !== undefined) {
    try {
      const value: unknown = JSON.parse(source[0])
      if (typeof value === 'string' && isStorable(value)) return value
    } catch {
      // Reported below, together with texts that JSON allows and a database does not.
    }
  }
  throw invalidExpression(start, 'a text in double quotes is expected')
}
