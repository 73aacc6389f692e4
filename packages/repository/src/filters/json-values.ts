import type { Attribute } from '@muster/scim'
import { sql } from 'kysely'
import type { Sql } from './sql-condition.ts'
import { type DocumentKind, isFolded, kindOfType, type Value } from './value-kinds.ts'

/** A JSON value in two forms: as stored, and with its texts folded but for ASCII letters. */
export interface Forms {
  exact: Sql
  folded: Sql
}

/** The forms of the document in a row of directory_users `u` or directory_groups `g`. */
export function documentForms(alias: 'u' | 'g'): Forms {
  const [resource, folded] = [sql.ref(`${alias}.resource`), sql.ref(`${alias}.folded`)]
  // Laying NULL over gives NULL, for free; so most documents are taken as they are.
  return { exact: resource, folded: sql`coalesce(${resource} || ${folded}, ${resource})` }
}

/** The form in which values of an attribute are compared. */
export function formFor(attribute: Attribute, forms: Forms): Sql {
  return isFolded(attribute) ? forms.folded : forms.exact
}

/** One step of a path: the name of a member, and whether it is a list to be taken apart. */
export interface Step {
  name: string
  isList: boolean
}

/** The value at a path without lists; NULL when there is none, or one of another type. */
export function valueAt(attribute: Attribute, forms: Forms, names: readonly string[]): Value {
  const json = sql`(${formFor(attribute, forms)} #> ${names}::text[])`
  const kind = kindOfType[attribute.type]
  return { kind, value: readers[kind](json, attribute) }
}

/** What stands in a list, a row each: a source with one column, of the JSON as it is compared. */
export function itemsAt(form: Sql, steps: readonly Step[]): Sql {
  return sql`jsonb_path_query(${form}, ${pathText(steps)}::jsonpath) AS item (json)`
}

export function itemValue(attribute: Attribute): Value {
  const json = sql.ref('item.json')
  return valueAt(attribute, { exact: json, folded: json }, [])
}

/** The elements of a list of objects, a row each, in both forms: `element.exact`, `element.folded`. */
export function elementsAt(forms: Forms, steps: readonly Step[]): Sql {
  const path = pathText(steps)
  return sql`ROWS FROM (jsonb_path_query(${forms.exact}, ${path}::jsonpath),
    jsonb_path_query(${forms.folded}, ${path}::jsonpath)) AS element (exact, folded)`
}

export const elementForms: Forms = { exact: sql.ref('element.exact'), folded: sql.ref('element.folded') }

/** What stands behind a step; of a list the one that counts for sorting (RFC 7644 §3.4.2.3): the primary one, else the first. */
export function chiefAt(forms: Forms, step: Step): Forms {
  const path = pathText([step])
  const chief = (form: Sql) =>
    step.isList
      ? sql`coalesce(jsonb_path_query_first(${form}, ${`${path} ? (@.primary == true)`}::jsonpath),
          jsonb_path_query_first(${form}, ${path}::jsonpath))`
      : sql`(${form} -> ${step.name}::text)`
  return { exact: chief(forms.exact), folded: chief(forms.folded) }
}

/** Whether a JSON value is there: neither null nor empty. */
export function isJsonPresent(json: Sql): Sql {
  return sql`${json} NOT IN ('null'::jsonb, '""'::jsonb, '{}'::jsonb, '[]'::jsonb)`
}

/** A value of another type than the schema says is none: it must not end the statement. */
const readers: Record<DocumentKind, (json: Sql, attribute: Attribute) => Sql> = {
  text: (json, attribute) => {
    const text = sql`((${json} #>> '{}') COLLATE "C")`
    return isFolded(attribute) ? sql`lower(${text})` : text
  },
  number: (json) => sql`CASE jsonb_typeof(${json}) WHEN 'number' THEN ${json}::numeric END`,
  boolean: (json) => sql`CASE jsonb_typeof(${json}) WHEN 'boolean' THEN ${json}::boolean END`,
}

/** `$."emails"[*]."value"`, in the lax mode, where what is not there is nothing. Names are JSON strings there, too. */
function pathText(steps: readonly Step[]): string {
  return ['$', ...steps.map(({ name, isList }) => `.${JSON.stringify(name)}${isList ? '[*]' : ''}`)].join('')
}
