import { isCustomAttribute, isPersonAttribute, type Provided } from '../attributes.ts'
import { compileExpression } from '../mapping/compile-expression.ts'
import { parseExpression } from '../mapping/parse-expression.ts'
import { textsOf } from '../mapping/value.ts'

/** What a custom filter looks at: what the directory user provides for the person, and its document. */
export interface FilteredUser {
  readonly provided: Provided
  readonly document: unknown
}

/**
 * What a custom filter's key reads: an attribute of the person, else an expression over the document.
 * @param place names the filter in errors
 * @throws `invalidValue` for a key that is neither
 */
export function compileFilterKey(key: string, place: string): (user: FilteredUser) => string[] {
  if (isPersonAttribute(key) || isCustomAttribute(key)) return ({ provided }) => textsOf(provided[key])
  const evaluate = compileExpression(parseExpression(key, place))
  return ({ document }) => textsOf(evaluate(document))
}
