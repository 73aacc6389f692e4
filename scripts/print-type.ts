/** The part of JSON Schema that the event catalogue uses. */
export interface JsonSchema {
  type?: string | readonly string[]
  title?: string
  description?: string
  const?: unknown
  enum?: readonly unknown[]
  anyOf?: readonly JsonSchema[]
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
  required?: readonly string[]
  patternProperties?: Record<string, JsonSchema>
  additionalProperties?: boolean | JsonSchema
}

/** Interfaces that were met, by name: schemas with a title. Printing one may add more. */
export type Interfaces = Map<string, string>

/** A schema as a TypeScript type; what has a title becomes an interface in `interfaces` and is named. */
export function printType(schema: JsonSchema, interfaces: Interfaces): string {
  if (Array.isArray(schema.type)) {
    return [...new Set(schema.type.map((type: string) => printType({ ...schema, type }, interfaces)))].join(' | ')
  }
  if (schema.title !== undefined && schema.type === 'object') return nameOf(schema, schema.title, interfaces)
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.anyOf !== undefined) return schema.anyOf.map((one) => printType(one, interfaces)).join(' | ')
  if (schema.type === 'array') return `(${printType(schema.items ?? {}, interfaces)})[]`
  if (schema.type === 'object') return printObject(schema, interfaces)
  return scalars[String(schema.type)] ?? 'unknown'
}

const scalars: Record<string, string> = {
  ...{ string: 'string', number: 'number', integer: 'number', boolean: 'boolean', null: 'null' },
}

function nameOf({ title: _, ...schema }: JsonSchema, name: string, interfaces: Interfaces): string {
  if (!interfaces.has(name)) {
    interfaces.set(name, '')
    const { description } = schema
    interfaces.set(name, `${docstring(description)}export interface ${name} ${printObject(schema, interfaces)}\n`)
  }
  return name
}

function printObject(schema: JsonSchema, interfaces: Interfaces): string {
  const { properties = {}, patternProperties = {}, additionalProperties } = schema
  const members = Object.entries(properties).map(([name, member]) => {
    const key = /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)
    const optional = schema.required?.includes(name) ? '' : '?'
    return `${docstring(member.title === undefined ? member.description : undefined)}${key}${optional}: ${printType(member, interfaces)}`
  })
  for (const [pattern, member] of Object.entries(patternProperties)) {
    members.push(`[name: ${printPattern(pattern)}]: ${printType(member, interfaces)}`)
  }
  if (members.length > 0) return `{\n${members.join('\n')}\n}`
  const values = typeof additionalProperties === 'object' ? printType(additionalProperties, interfaces) : 'unknown'
  return `Record<string, ${values}>`
}

/** A pattern that only says how a name begins. */
function printPattern(pattern: string): string {
  const beginning = /^\^([A-Za-z]+)\\\.$/.exec(pattern)?.[1]
  if (beginning === undefined) throw new Error(`No type for names after ${pattern}`)
  return `\`${beginning}.\${string}\``
}

function docstring(text: string | undefined): string {
  return text === undefined ? '' : `/** ${text} */\n`
}
