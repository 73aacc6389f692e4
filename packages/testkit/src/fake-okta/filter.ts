/** Values of a record that a filter compares with, by the names of properties. */
export type FilterValues = Readonly<Record<string, string | undefined>>

const comparison = /^\s*([A-Za-z.]+)\s+(eq|gt|ge|lt|le)\s+"([^"]*)"\s*$/

const compare: Readonly<Record<string, (left: string, right: string) => boolean>> = {
  eq: (left, right) => left === right,
  gt: (left, right) => left > right,
  ge: (left, right) => left >= right,
  lt: (left, right) => left < right,
  le: (left, right) => left <= right,
}

/**
 * What a `filter` of Okta lets through: comparisons joined by `or` and, binding closer, by `and`. `operators` says which properties may be
 * compared and how. Undefined for what Okta refuses.
 */
export function parseFilter(
  filter: string | null,
  operators: Readonly<Record<string, readonly string[]>>,
): ((values: FilterValues) => boolean) | undefined {
  if (filter === null) return () => true
  const alternatives = filter
    .split(/\s+or\s+/i)
    .map((text) => text.split(/\s+and\s+/i).map((one) => comparison.exec(one)))
  const isKnown = (match: RegExpExecArray | null) => operators[match?.[1] ?? '']?.includes(match?.[2] ?? '') === true
  if (!alternatives.flat().every(isKnown)) return undefined
  return (values) =>
    alternatives.some((all) =>
      all.every((match) => {
        const [, property = '', operator = '', wanted = ''] = match ?? []
        const value = values[property]
        return value !== undefined && compare[operator]?.(value, wanted) === true
      }),
    )
}
