import type { Provided } from '../attributes.ts'
import { compileExpression } from './compile-expression.ts'
import { defaultMappings, type SourceType } from './default-mappings/default-mappings.ts'
import type { Mapping, MappingTarget } from './mapping.ts'
import { parseExpression } from './parse-expression.ts'
import { printExpression } from './print-expression.ts'
import { type Evaluator, textOf } from './value.ts'

/** A mapping ready to be applied many times. */
export interface CompiledMapping {
  /** Every mapped target with its expression, defaults included, as `printExpression` writes it. */
  readonly expressions: ReadonlyMap<MappingTarget, string>
  readonly rules: readonly (readonly [target: MappingTarget, evaluate: Evaluator])[]
}

/**
 * The mapping of a directory: the default of its type with the directory's own part over it.
 * @throws `invalidValue` for an expression that is not valid (`parseMapping` has seen it before)
 */
export function compileMapping(type: SourceType, own: Mapping = {}): CompiledMapping {
  const texts = Object.entries<string | null>({ ...defaultMappings[type], ...own })
  const parsed = texts.flatMap(([target, text]) =>
    text === null ? [] : [[target as MappingTarget, parseExpression(text, target)] as const],
  )
  return {
    expressions: new Map(parsed.map(([target, expression]) => [target, printExpression(expression)])),
    rules: parsed.map(([target, expression]) => [target, compileExpression(expression)]),
  }
}

/**
 * What a document (parsed JSON of a user, as its directory stores it) says about the person. Never throws; what is
 * absent, blank, an object or longer than 4,096 characters is not provided.
 */
export function applyMapping(mapping: CompiledMapping, document: unknown): Provided {
  const provided: Provided = {}
  for (const [target, evaluate] of mapping.rules) {
    const text = textOf(evaluate(document))
    if (text !== undefined) provided[target] = text
  }
  return provided
}

/** The targets that two mappings fill differently, or only one of them fills, sorted. */
export function changedTargets(left: CompiledMapping, right: CompiledMapping): MappingTarget[] {
  const targets = new Set([...left.expressions.keys(), ...right.expressions.keys()])
  return [...targets].filter((target) => left.expressions.get(target) !== right.expressions.get(target)).sort()
}
