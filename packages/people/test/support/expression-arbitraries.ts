import fc from 'fast-check'
import type { Expression, MappingFunction } from '../../src/index.ts'
import { mappingFunctions } from '../../src/index.ts'

const name = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('emails', 'name', 'value', 'type', 'userName', 'eq', 'true', 'first', 'Value', 'a'),
  },
  fc.constantFrom(
    'urn:a:b:c',
    'urn:a:2.0:User',
    'weird.name',
    'a b',
    'a:b',
    'é',
    '__proto__',
    'constructor',
    '1',
    'urn:x',
    '[',
    '"',
  ),
  fc
    .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
    .filter((text) => !text.includes('`') && text.isWellFormed() && !text.includes('\0')),
)
const text = fc.string({ maxLength: 8, unit: 'grapheme' }).filter((one) => one.isWellFormed() && !one.includes('\0'))
const index = fc.integer({ min: -999, max: 999 }).map((value) => value + 0)

const member = fc.record({ kind: fc.constant('member' as const), name })
const step = fc.oneof(
  { weight: 4, arbitrary: member },
  fc.record({ kind: fc.constant('index' as const), index }),
  fc.record({ kind: fc.constant('where' as const), name, value: fc.oneof(text, fc.boolean()) }),
)
const path: fc.Arbitrary<Expression> = fc
  .tuple(member, fc.array(step, { maxLength: 4 }))
  .map(([first, rest]) => ({ kind: 'path', steps: [first, ...rest] }))
const textLiteral: fc.Arbitrary<Expression> = text.map((value) => ({ kind: 'text', value }))

const functions = Object.entries<MappingFunction>(mappingFunctions)

/** Any expression that can be written. */
export const expression: fc.Arbitrary<Expression> = fc.letrec<{ value: Expression }>((tie) => {
  const literals = {
    value: tie('value'),
    text: textLiteral,
    mark: text.map((value): Expression => ({ kind: 'text', value: value || 'x' })),
    number: index.map((value): Expression => ({ kind: 'number', value })),
  }
  const call = fc.constantFrom(...functions).chain(([called, { parameters, required, repeats, yields }]) =>
    fc.integer({ min: required, max: parameters.length + (repeats ? 3 : 0) }).chain((count) =>
      fc.record({
        kind: fc.constant('call' as const),
        name: fc.constant(called),
        operands: fc.tuple(
          ...Array.from({ length: count }, (_, at) => literals[parameters[at] ?? parameters.at(-1) ?? 'value']),
        ),
        steps: yields === 'element' ? fc.array(step, { maxLength: 2 }) : fc.constant([]),
      }),
    ),
  )
  return { value: fc.oneof({ maxDepth: 4 }, path, textLiteral, call) }
}).value

/** Any JSON, with the names that the expressions look for. */
export const document: fc.Arbitrary<unknown> = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(
      null,
      true,
      7,
      '',
      ' ',
      'work',
      'Work ',
      'jane@acme.test',
      '2024-02-30',
      '20240115120000Z',
      'x'.repeat(4_097),
    ),
    fc.string(),
    fc.array(tie('json'), { maxLength: 4 }),
    fc.dictionary(name, tie('json'), { maxKeys: 5 }),
  ),
})).json
