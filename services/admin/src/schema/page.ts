import { MusterError } from '@muster/runtime/errors'
import { fromTypeId, type IdKind } from '@muster/runtime/type-ids'
import { type TSchema, Type } from 'typebox'
import { nullableText } from './values.ts'

export const pageRowsDefault = 100

/** A whole number from 1 to 1000, as text: queries are not coerced. */
export const limitParameter = Type.Optional(
  Type.String({
    pattern: '^([1-9][0-9]{0,2}|1000)$',
    description: `Rows of the page, 1 to 1000; default ${pageRowsDefault}.`,
  }),
)

/** To be spread into the query of a list. */
export const pageParameters = {
  limit: limitParameter,
  after: Type.Optional(Type.String({ maxLength: 64, description: '`nextCursor` of the page before.' })),
}

/** A page of a list; `nextCursor` is null on the last one. */
export function listOf<T extends TSchema>(item: T) {
  return Type.Object({ data: Type.Array(item), nextCursor: nullableText })
}

export const countOf = Type.Object({ count: Type.Integer() })

/**
 * One page of rows that are listed by id. `load` is asked for one row more than the page holds, which tells whether
 * another page follows. @throws `invalidValue` when `after` is no cursor of this list
 */
export async function loadPage<T extends { id: string }>(
  kind: IdKind,
  query: { limit?: string; after?: string },
  load: (page: { after: string | undefined; limit: number }) => Promise<T[]>,
): Promise<{ data: T[]; nextCursor: string | null }> {
  const limit = Number(query.limit ?? pageRowsDefault)
  const after = query.after === undefined ? undefined : fromTypeId(kind, query.after)
  if (query.after !== undefined && after === undefined) {
    throw new MusterError('invalidValue', 'query.after is not a cursor of this list.')
  }
  const rows = await load({ after, limit: limit + 1 })
  const data = rows.slice(0, limit)
  return { data, nextCursor: rows.length > limit ? (data.at(-1)?.id ?? null) : null }
}
