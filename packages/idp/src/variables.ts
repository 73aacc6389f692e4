import { isArray, isObject, type Json } from './json.ts'
import { typeId } from './type-id.ts'

/** The values that `{{…}}` stands for during one run. */
export interface Variables {
  /** The value of a variable; undefined if nothing captured it. `guid:NAME` is made up when first asked for. */
  get(name: string): Json | undefined
  set(name: string, value: Json): void
}

/** A value with its variables filled in, and the names for which there was no value. */
interface Filled<Value extends Json> {
  readonly value: Value
  readonly missing: readonly string[]
}

const placeholder = /\{\{([A-Za-z0-9:]+)(?:\|([a-z]+))?\}\}/g
const wholePlaceholder = /^\{\{([A-Za-z0-9:]+)\}\}$/
const runCharacters = 12

/** Starts with `run`, new every time, and with the given values. */
export function createVariables(given: Readonly<Record<string, Json>>): Variables {
  const values = new Map<string, Json>([
    ['run', crypto.randomUUID().replaceAll('-', '').slice(0, runCharacters)],
    ...Object.entries(given),
  ])
  return {
    get(name) {
      if (name.startsWith('guid:') && !values.has(name)) values.set(name, crypto.randomUUID())
      return values.get(name)
    },
    set: (name, value) => void values.set(name, value),
  }
}

/** Replaces every variable in the strings of a template; what comes in by a variable is not looked at again. */
export function fill<Value extends Json>(template: Value, variables: Variables): Filled<Value> {
  const missing = new Set<string>()
  // Filling keeps the shape: strings become what their variable holds, everything else keeps its kind.
  const value = fillValue(template, variables, missing) as Value
  return { value, missing: [...missing] }
}

function fillValue(template: Json, variables: Variables, missing: Set<string>): Json {
  if (typeof template === 'string') return fillText(template, variables, missing)
  if (isArray(template)) return template.map((element) => fillValue(element, variables, missing))
  if (!isObject(template)) return template
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) => [key, fillValue(value, variables, missing)] as const),
  )
}

function fillText(template: string, variables: Variables, missing: Set<string>): Json {
  const whole = wholePlaceholder.exec(template)?.[1]
  const wholeValue = whole === undefined ? undefined : variables.get(whole)
  if (wholeValue !== undefined) return wholeValue
  return template.replace(placeholder, (text, name: string, prefix: string | undefined) => {
    const value = variables.get(name)
    const written = prefix === undefined ? value : typeId(prefix, String(value))
    if (written === undefined) missing.add(text)
    return typeof written === 'string' ? written : JSON.stringify(written ?? null)
  })
}
