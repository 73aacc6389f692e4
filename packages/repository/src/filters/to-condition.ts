import type { Comparison, Filter } from '@muster/scim'
import { resourceScope } from './resource-scope.ts'
import type { Scope } from './scope.ts'
import { allOf, type Condition, complementOf, exists, someOf } from './sql-condition.ts'
import type { Subject } from './subject.ts'
import { compareValue, isDifferent, isPresent, literalFor } from './value-kinds.ts'

/**
 * A filter as a condition on one row of the subject: it holds for exactly those resources for whose representation
 * `matchesFilter` does. It stands in parentheses behind organization and directory, so that no OR reaches past them.
 */
export function toCondition(filter: Filter, subject: Subject): Condition {
  return conditionIn(resourceScope(subject, conditionIn), filter)
}

function conditionIn(scope: Scope, filter: Filter): Condition {
  switch (filter.kind) {
    case 'and':
      return allOf(filter.terms.map((term) => conditionIn(scope, term)))
    case 'or':
      return someOf(filter.terms.map((term) => conditionIn(scope, term)))
    case 'not':
      return complementOf(conditionIn(scope, filter.term))
    case 'present':
      return scope.isAssigned(filter.attribute)
    case 'element':
      return scope.hasElement(filter.attribute, filter.filter)
    case 'compare':
      return scope.shortcut(filter) ?? comparisonIn(scope, filter)
    case 'constant':
      return filter.value
  }
}

function comparisonIn(scope: Scope, { attribute: path, operator, value }: Comparison): Condition {
  const values = scope.valuesOf(path)
  const { source } = values
  const literal = literalFor(path.subAttribute ?? path.attribute, value)
  if (operator !== 'ne') {
    const holds = compareValue(values, operator, literal)
    return source === undefined ? holds : exists(source, holds)
  }
  const different = isDifferent(values, literal)
  if (source === undefined || different === true) return different
  // Without any value it is different, too.
  const present = isPresent(values)
  return someOf([complementOf(exists(source, present)), exists(source, allOf([present, different]))])
}
