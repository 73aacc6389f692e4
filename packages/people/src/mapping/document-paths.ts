import { expressionLimits, type Step } from './expression.ts'
import { printExpression } from './print-expression.ts'
import { textOf } from './value.ts'

/** Deeper members are left out, as are names that no expression can write. */
const depthMax = 6
const unwritable = /`|^$|.{257}/s

/**
 * The expressions that find a text in a document (parsed JSON), for whoever writes a mapping: a path for each member that
 * holds one, and for the elements of a list with a `type` also the path to those of that type.
 */
export function documentPaths(document: unknown): Set<string> {
  const paths = new Set<string>()
  collect(document, [], paths)
  return paths
}

function collect(value: unknown, steps: readonly Step[], paths: Set<string>): void {
  if (Array.isArray(value)) {
    for (const element of value) collectElement(element, steps, paths)
    return
  }
  if (typeof value === 'object' && value !== null) {
    if (steps.length >= depthMax) return
    for (const [name, member] of Object.entries(value)) {
      if (!unwritable.test(name)) collect(member, [...steps, { kind: 'member', name }], paths)
    }
    return
  }
  if (steps.length === 0 || textOf(value) === undefined) return
  const expression = printExpression({ kind: 'path', steps })
  if (expression.length <= expressionLimits.characters) paths.add(expression)
}

function collectElement(element: unknown, steps: readonly Step[], paths: Set<string>): void {
  // No path leads into a list in a list.
  if (Array.isArray(element)) return
  collect(element, steps, paths)
  const type = typeof element === 'object' && element !== null && 'type' in element ? textOf(element.type) : undefined
  if (type !== undefined) collect(element, [...steps, { kind: 'where', name: 'type', value: type }], paths)
}
