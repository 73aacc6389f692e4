/**
 * A mapping's expression, parsed. As text (docs of `parseExpression`):
 *
 *     first(emails[type eq "work"].value, concat(userName, "@acme.test"))
 */
export type Expression =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'path'; readonly steps: readonly Step[] }
  | {
      readonly kind: 'call'
      readonly name: string
      readonly operands: readonly Expression[]
      readonly steps: readonly Step[]
    }

/** One step into a document; `where` keeps the elements of a list whose member is that value. */
export type Step =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'where'; readonly name: string; readonly value: string | boolean }

/** An expression past these is refused: parsing and evaluating stay shallow and linear. `operands` are those of one call. */
export const expressionLimits = { characters: 1_024, depth: 16, operands: 16 } as const
