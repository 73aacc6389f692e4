import * as model from '@aws-sdk/client-identitystore'
import type { Test } from 'tap'
import type { Exchange } from './source-context.ts'

/**
 * Shapes as the SDK's model has them: numbers for simple ones, tuples for the rest (kind, namespace, name, traits, …), each perhaps
 * behind a function, or with traits of its own.
 */
type Shape = number | readonly unknown[] | (() => Shape)

const [listModifier, mapModifier] = [64, 128]
const kinds = { simple: 0, list: 1, map: 2, structure: 3, union: 4, error: -3, operation: 9 } as const
const isSimple: Readonly<Record<number, (value: unknown) => boolean>> = {
  0: (value) => typeof value === 'string',
  1: (value) => typeof value === 'number',
  2: (value) => typeof value === 'boolean',
  // AWS JSON 1.1 writes times as seconds.
  4: (value) => typeof value === 'number',
  15: () => true,
}

/** Fails unless requests to the Identity Store, and what it answered, are as the model of its SDK has them. */
export function assertModelled(t: Test, exchanges: readonly Exchange[]): void {
  const faults = exchanges.flatMap(({ call, status, body }) => {
    const operation = call.headers['x-amz-target']?.replace('AWSIdentityStore.', '')
    const shapes = model as unknown as Record<string, Shape>
    const [, , , , input, output] = shapeOf(shapes[`${operation}$`]) as [0, 0, 0, 0, Shape, Shape]
    const said = JSON.parse(body)
    const error = shapes[`${String(said.__type).split('#').at(-1)}$`]
    const { __type, ...answered } = said
    return [
      ...faultsOf(JSON.parse(call.body ?? ''), input, `${operation} input`),
      ...(status === 200 ? faultsOf(said, output, `${operation} output`) : []),
      ...(status !== 200 && error !== undefined ? faultsOf(answered, error, `${operation} ${__type}`) : []),
    ]
  })
  t.ok(exchanges.length > 0)
  t.strictSame([...new Set(faults)], [], 'requests and answers are as the model has them')
}

function faultsOf(value: unknown, given: Shape, at: string): string[] {
  const shape = shapeOf(given)
  if (typeof shape === 'number') return simpleFaults(value, shape, at)
  const [kind, , , , first, second, required = 0] = shape as [
    number,
    string,
    string,
    unknown,
    unknown,
    Shape[],
    number?,
  ]
  if (kind === kinds.simple) return simpleFaults(value, first as number, at)
  if (kind === kinds.list) {
    return Array.isArray(value)
      ? value.flatMap((one) => faultsOf(one, first as Shape, `${at}[]`))
      : [`${at} is no list`]
  }
  if (typeof value !== 'object' || value === null) return [`${at} is no object`]
  const names = first as string[]
  const missing = names.slice(0, required).filter((name) => !(name in value))
  return [
    ...missing.map((name) => `${at}.${name} is missing`),
    ...(kind === kinds.union && Object.keys(value).length !== 1 ? [`${at} must have one member`] : []),
    ...Object.entries(value).flatMap(([name, one]) => {
      const member = second[names.indexOf(name)]
      return member === undefined ? [`${at}.${name} is not in the model`] : faultsOf(one, member, `${at}.${name}`)
    }),
  ]
}

function simpleFaults(value: unknown, shape: number, at: string): string[] {
  if (shape >= mapModifier) {
    const values = typeof value === 'object' && value !== null ? Object.values(value) : undefined
    return values?.flatMap((one) => simpleFaults(one, shape - mapModifier, `${at}{}`)) ?? [`${at} is no map`]
  }
  if (shape >= listModifier) {
    const values = Array.isArray(value) ? value : undefined
    return values?.flatMap((one) => simpleFaults(one, shape - listModifier, `${at}[]`)) ?? [`${at} is no list`]
  }
  return isSimple[shape]?.(value) === true ? [] : [`${at} is not of type ${shape}`]
}

/** Without the function before it, and the traits of a member. */
function shapeOf(shape: unknown): number | readonly unknown[] {
  if (typeof shape === 'function') return shapeOf(shape())
  if (Array.isArray(shape) && shape.length === 2) return shapeOf(shape[0])
  if (typeof shape === 'number' || Array.isArray(shape)) return shape
  throw new Error('the model has no such shape')
}
