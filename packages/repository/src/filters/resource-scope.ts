import { type AttributePath, type Comparison, type Filter, matchesFilter, pathName } from '@muster/scim'
import { documentScope, stepsInDocument } from './document-scope.ts'
import { documentForms } from './json-values.ts'
import { valueNamedBy } from './named-value.ts'
import type { Scope } from './scope.ts'
import { allOf, type Condition, exists } from './sql-condition.ts'
import type { Relation, Subject } from './subject.ts'
import { isPresent, literalFor, type Value } from './value-kinds.ts'

type Conditions = (scope: Scope, filter: Filter) => Condition

/** The attributes of a whole resource: in columns, in rows of other tables, and for the rest in its document. */
export function resourceScope(subject: Subject, conditionIn: Conditions): Scope {
  const document = documentScope(documentForms(subject.alias), stepsInDocument, conditionIn)
  const scope: Scope = {
    valuesOf: (path) => {
      const relation = relationOf(subject, path)
      if (relation) return { ...fieldOf(relation, path), source: relation.source() }
      const column = subject.columns[pathName(path)]
      return column ? { ...column, source: undefined } : document.valuesOf(path)
    },
    isAssigned: (path) => {
      const relation = relationOf(subject, path)
      if (relation) return exists(relation.source(), path.subAttribute ? isPresent(fieldOf(relation, path)) : true)
      if (isKept(path)) return true
      const column = subject.columns[pathName(path)]
      return column ? isPresent(column) : document.isAssigned(path)
    },
    hasElement: (path, filter) => {
      // It is one object, whose parts are columns.
      if (isKept(path)) return conditionIn(scope, filter)
      const relation = relationOf(subject, path)
      const finder = subject.finders[`${pathName(path)}.value`]
      const named = valueNamedBy(filter)
      const matching = relation
        ? exists(relation.source(named), conditionIn(relationScope(relation), filter))
        : document.hasElement(path, filter)
      return finder && named !== undefined ? allOf([finder(named), matching]) : matching
    },
    shortcut: (comparison) => {
      if (pathName(comparison.attribute) !== 'meta.resourceType') return foundBy(subject, comparison)
      return matchesFilter(comparison, { meta: { resourceType: subject.kind } })
    },
  }
  return scope
}

/** One row of a relation as an element. */
function relationScope(relation: Relation): Scope {
  return {
    valuesOf: (path) => ({ ...fieldOf(relation, path), source: undefined }),
    isAssigned: (path) => isPresent(fieldOf(relation, path)),
    hasElement: ({ attribute }) => {
      throw new TypeError(`An element of ${attribute.name} has no elements`)
    },
    shortcut: () => undefined,
  }
}

function foundBy(subject: Subject, { attribute: path, operator, value }: Comparison): Condition | undefined {
  const literal = literalFor(path.subAttribute ?? path.attribute, value)
  if (operator !== 'eq' || typeof literal !== 'string' || literal === '') return undefined
  return subject.finders[pathName(path)]?.(literal)
}

function relationOf(subject: Subject, { extension, attribute }: AttributePath): Relation | undefined {
  return extension === undefined ? subject.relations[attribute.name] : undefined
}

function fieldOf(relation: Relation, { attribute, subAttribute }: AttributePath): Value {
  const field = relation.fields[subAttribute?.name ?? 'value']
  if (field === undefined) throw new TypeError(`${attribute.name} has no field for ${subAttribute?.name}`)
  return field
}

/** What every resource has because we keep it: `id`, and `meta` with its parts. */
function isKept({ extension, attribute }: AttributePath): boolean {
  return extension === undefined && (attribute.name === 'id' || attribute.name === 'meta')
}
