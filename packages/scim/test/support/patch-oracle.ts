import type { Attribute, Json, JsonObject } from '@muster/scim'
import { type Condition, describedBy, holds } from './oracle-conditions.ts'
import { append, distinct, isSame, layOver, withOnePrimary } from './oracle-elements.ts'
import { isObject, listOf, nonEmpty, type Object_, Refusal } from './oracle-json.ts'
import { isSecret, normal, normalList, partAlone, partsOf, type Rules } from './oracle-values.ts'

/**
 * RFC 7644 §3.5.2 read aloud: one object, one operation, one loop at a time. It shares nothing with the planner but the
 * attribute tables, knows how slow it is, and says what a PATCH must mean.
 */

export interface Target {
  extension: string | undefined
  attribute: string
  where: Condition | undefined
  part: string | undefined
}

/** An operation whose path is taken apart already; without a target it is one without a path. */
export interface OracleOperation {
  op: 'add' | 'remove' | 'replace'
  target: Target | undefined
  value: unknown
}

/** The document after the operations. @throws Refusal */
export function patchByTheBook(current: JsonObject, operations: readonly OracleOperation[], rules: Rules): JsonObject {
  const document = structuredClone(current)
  for (const operation of operations) {
    if (operation.target) perform(document, operation, operation.target, false, rules)
    else for (const [target, part] of takeApart(operation, rules)) perform(document, part, target, true, rules)
  }
  const extensions = rules.type.extensions.filter(({ id }) => document[id] !== undefined).map(({ id }) => id)
  document.schemas = [rules.type.schema.id, ...extensions]
  refuseMissing(current, document, rules)
  return document
}

/** Without a path every key of the value is one (checklist 95). */
function takeApart(operation: OracleOperation, rules: Rules): [Target, OracleOperation][] {
  const { op, value } = operation
  if (!isObject(value)) throw new Refusal(op === 'remove' ? 'noTarget' : 'invalidValue')
  if (op === 'remove' && !rules.tolerant) throw new Refusal('noTarget')
  const found: [Target, OracleOperation][] = []
  for (const [key, inner] of Object.entries(value)) {
    const extension = rules.type.extensions.find(({ id }) => key === id || key.startsWith(`${id}:`))
    if (key !== extension?.id) {
      const name = extension ? key.slice(extension.id.length + 1) : key.replace(`${rules.type.schema.id}:`, '')
      const target = keyTarget(extension?.id, name, rules)
      if (target) found.push([target, { ...operation, value: inner }])
    } else if (isObject(inner)) {
      for (const [name, content] of Object.entries(inner)) {
        const target = keyTarget(extension.id, name, rules)
        if (target) found.push([target, { ...operation, value: content }])
      }
    } else if (inner !== null && op !== 'remove') throw new Refusal('invalidValue')
    else if (op !== 'add') {
      for (const { name, mutability } of extension.attributes) {
        const target = { extension: extension.id, attribute: name, where: undefined, part: undefined }
        if (mutability !== 'readOnly') found.push([target, { op: 'remove', target, value: undefined }])
      }
    }
  }
  return found
}

function keyTarget(extension: string | undefined, name: string, rules: Rules): Target | undefined {
  const [attribute = '', part] = name.split('.')
  const definition = lookUp(extension, attribute, rules)
  const isKnown = definition && (part === undefined || definition.subAttributes.some((sub) => sub.name === part))
  if (isKnown && (rules.tolerant || part === undefined)) return { extension, attribute, where: undefined, part }
  if (rules.tolerant) return undefined
  throw new Refusal('invalidPath')
}

function lookUp(extension: string | undefined, name: string, { type }: Rules): Attribute | undefined {
  const common = { ...type.schema.attributes[0], name: 'externalId', caseExact: true, required: false } as Attribute
  const schema = extension === undefined ? type.schema : type.extensions.find(({ id }) => id === extension)
  const own = schema?.attributes.find((attribute) => attribute.name === name)
  return own ?? (name === 'externalId' && extension === undefined ? common : undefined)
}

function perform(document: Object_, operation: OracleOperation, target: Target, isKey: boolean, rules: Rules): void {
  const definition = lookUp(target.extension, target.attribute, rules)
  if (!definition) throw new Error(`The generator made up ${target.attribute}`)
  const part = definition.subAttributes.find(({ name }) => name === target.part)
  if (definition.mutability === 'readOnly' || part?.mutability === 'readOnly') {
    if (isKey && rules.tolerant) return
    throw new Refusal('mutability')
  }
  if (!rules.tolerant && !part) refuseReadOnlyParts(definition, operation.value)
  const holder = target.extension === undefined ? document : ((document[target.extension] ?? {}) as Object_)
  const before = holder[definition.name]
  let after = changed(before, definition, part, operation, target, rules)
  if (isSecret(definition) || (part && isSecret(part))) return
  if (definition.mutability === 'immutable' && before !== undefined) {
    if (after === undefined || !isSame(definition, before, after)) throw new Refusal('mutability')
    after = before
  }
  // What has a default is never without a value.
  if (after === undefined && definition.name in rules.type.defaults && target.extension === undefined) return
  if (after === undefined) delete holder[definition.name]
  else holder[definition.name] = after
  if (target.extension === undefined) return
  if (Object.keys(holder).length === 0) delete document[target.extension]
  else document[target.extension] = holder
}

function refuseReadOnlyParts(definition: Attribute, value: unknown): void {
  for (const item of [value].flat()) {
    for (const { name, mutability } of definition.subAttributes) {
      if (mutability === 'readOnly' && isObject(item) && name in item) throw new Refusal('mutability')
    }
  }
}

/** The new value of one attribute. */
function changed(
  before: Json | undefined,
  definition: Attribute,
  part: Attribute | undefined,
  { op, value }: OracleOperation,
  { where }: Target,
  rules: Rules,
): Json | undefined {
  if (op === 'remove') return removed(before, definition, part, where, value, rules)
  const isNothing = value === null || value === undefined || (Array.isArray(value) && value.length === 0)
  if (isNothing && op === 'add') return before
  const clears = isNothing || (value === '' && rules.tolerant)
  if (definition.multiValued && (part || where)) {
    if (where && !part && clears)
      return nonEmpty(listOf(before).filter((element) => !holds(where, definition, element)))
    const parts = part ? partAlone(part, value, rules) : partsOf(definition, value, rules)
    return writeWhere(before, definition, parts, where, op === 'add', rules)
  }
  if (definition.multiValued) {
    const list = normalList(definition, value, rules)
    if (op === 'replace') return nonEmpty(list)
    return append(listOf(before), definition, list)
  }
  if (definition.type === 'complex' && (part || !clears)) {
    const parts = part ? partAlone(part, value, rules) : partsOf(definition, value, rules)
    return layOver(definition, before as Object_ | undefined, parts, op === 'add')
  }
  const next = normal(definition, value, rules)
  const isBlank = next === undefined || (typeof next === 'string' && next.trim() === '')
  if (definition.required && isBlank && lookUp(undefined, definition.name, rules) === definition) {
    throw new Refusal('invalidValue')
  }
  return next
}

function removed(
  before: Json | undefined,
  definition: Attribute,
  part: Attribute | undefined,
  where: Condition | undefined,
  value: unknown,
  rules: Rules,
): Json | undefined {
  if (part) {
    if (part.required) throw new Refusal('mutability')
    const parts = isSecret(part) ? {} : { [part.name]: undefined }
    if (!definition.multiValued) return layOver(definition, before as Object_ | undefined, parts, false)
    const rest: Json[] = []
    for (const element of listOf(before)) {
      const isMeant = !where || holds(where, definition, element)
      const next = isMeant ? layOver(definition, element as Object_, parts, false) : element
      if (next !== undefined) rest.push(next)
    }
    return distinct(definition, rest)
  }
  if (where) return nonEmpty(listOf(before).filter((element) => !holds(where, definition, element)))
  if (definition.multiValued && value !== undefined && value !== null) {
    if (!rules.tolerant) throw new Refusal('invalidValue')
    const meant = normalList(definition, value, rules)
    return nonEmpty(listOf(before).filter((element) => !meant.some((one) => isMeantBy(definition, element, one))))
  }
  if (definition.required && lookUp(undefined, definition.name, rules) === definition) throw new Refusal('mutability')
  return undefined
}

/** Checklist 90: the same value, and type if both have one; without a value all that the client named. */
function isMeantBy(definition: Attribute, element: Json, meant: Json): boolean {
  const theValue = (json: Json) => (isObject(json) ? json.value : json)
  const definedValue = definition.subAttributes.find(({ name }) => name === 'value') ?? definition
  const [left, right] = [theValue(element), theValue(meant)]
  if (right === undefined) {
    if (!isObject(element) || !isObject(meant)) return false
    return Object.entries(meant).every(([name, part]) => JSON.stringify(element[name]) === JSON.stringify(part))
  }
  if (left === undefined || !isSame(definedValue, left, right)) return false
  if (!isObject(element) || !isObject(meant) || element.type === undefined || meant.type === undefined) return true
  return String(element.type).toLowerCase() === String(meant.type).toLowerCase()
}

function writeWhere(
  before: Json | undefined,
  definition: Attribute,
  parts: Record<string, Json | undefined>,
  where: Condition | undefined,
  adds: boolean,
  rules: Rules,
): Json | undefined {
  const result: Json[] = []
  const touched: Json[] = []
  let matched = false
  for (const element of listOf(before)) {
    if (where && !holds(where, definition, element)) {
      result.push(element)
      continue
    }
    matched = true
    const next = isObject(element) ? layOver(definition, element, parts, adds) : parts.value
    if (next === undefined) continue
    const own = isObject(next) ? { ...next } : next
    result.push(own)
    touched.push(own)
  }
  if (!matched) {
    if (Object.values(parts).every((part) => part === undefined)) return before
    const seed = rules.tolerant ? describedBy(where) : undefined
    if (!seed) throw new Refusal('noTarget')
    const made =
      definition.type === 'complex'
        ? layOver(definition, undefined, { ...partsOf(definition, seed, rules), ...parts }, false)
        : parts.value
    if (made !== undefined) {
      result.push(made)
      touched.push(made)
    }
  }
  return distinct(definition, withOnePrimary(result, touched))
}

/** Required attributes of the core, of the extensions that are there, and of complex values that were written. */
function refuseMissing(current: Object_, document: Object_, { type }: Rules): void {
  for (const { id, attributes } of [type.schema, ...type.extensions]) {
    const isCore = id === type.schema.id
    const [before, after] = [isCore ? current : current[id], isCore ? document : document[id]] as Object_[]
    if (!after || JSON.stringify(before) === JSON.stringify(after)) continue
    for (const attribute of attributes) {
      const value = after[attribute.name]
      if (attribute.required && value === undefined) {
        throw new Refusal(before?.[attribute.name] === undefined ? 'invalidValue' : 'mutability')
      }
      if (attribute.required && typeof value === 'string' && value.trim() === '') throw new Refusal('invalidValue')
      for (const { name } of attribute.subAttributes.filter(({ required }) => required)) {
        for (const element of listOf(value)) {
          const part = isObject(element) ? element[name] : undefined
          if (part === undefined || String(part).trim() === '') throw new Refusal('invalidValue')
        }
      }
    }
  }
}
