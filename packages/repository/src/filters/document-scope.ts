import type { Attribute, AttributePath, Filter } from '@muster/scim'
import { sql } from 'kysely'
import {
  elementForms,
  elementsAt,
  type Forms,
  formFor,
  isJsonPresent,
  itemsAt,
  itemValue,
  type Step,
  valueAt,
} from './json-values.ts'
import type { Scope } from './scope.ts'
import { type Condition, exists } from './sql-condition.ts'

type Conditions = (scope: Scope, filter: Filter) => Condition

/** Attributes as a document holds them, under the path that `stepsTo` gives. */
export function documentScope(forms: Forms, stepsTo: (path: AttributePath) => Step[], conditionIn: Conditions): Scope {
  return {
    valuesOf: (path) => {
      const [leaf, steps] = [leafOf(path), stepsTo(path)]
      if (isSingle(steps)) return { ...valueAt(leaf, forms, namesOf(steps)), source: undefined }
      return { ...itemValue(leaf), source: itemsAt(formFor(leaf, forms), steps) }
    },
    isAssigned: (path) => {
      const steps = stepsTo(path)
      return isSingle(steps)
        ? isJsonPresent(sql`(${forms.exact} #> ${namesOf(steps)}::text[])`)
        : exists(itemsAt(forms.exact, steps), isJsonPresent(sql.ref('item.json')))
    },
    hasElement: (path, filter) => {
      const elementScope = documentScope(elementForms, ({ subAttribute }) => stepsOf(subAttribute), conditionIn)
      return exists(elementsAt(forms, stepsTo(path)), conditionIn(elementScope, filter))
    },
    shortcut: () => undefined,
  }
}

/** The way to an attribute from the top of a document. */
export function stepsInDocument({ extension, attribute, subAttribute }: AttributePath): Step[] {
  const container = extension === undefined ? [] : [{ name: extension, isList: false }]
  return [...container, ...stepsOf(attribute), ...stepsOf(subAttribute)]
}

function stepsOf(attribute: Attribute | undefined): Step[] {
  return attribute ? [{ name: attribute.name, isList: attribute.multiValued }] : []
}

function leafOf({ attribute, subAttribute }: AttributePath): Attribute {
  return subAttribute ?? attribute
}

function isSingle(steps: readonly Step[]): boolean {
  return steps.every((step) => !step.isList)
}

function namesOf(steps: readonly Step[]): string[] {
  return steps.map((step) => step.name)
}
