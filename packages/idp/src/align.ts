/** A place in the expected list beside a place in the actual one; one of them is undefined where nothing belongs. */
type Pair = readonly [expected: number | undefined, actual: number | undefined]

/**
 * Lays two lists beside each other along their longest common subsequence, so that one missing or surplus element is
 * reported as that, and not as a difference in every later place.
 */
export function align(expected: readonly string[], actual: readonly string[]): Pair[] {
  const common = commonLengths(expected, actual)
  const pairs: Pair[] = []
  let [row, column] = [0, 0]
  while (row < expected.length || column < actual.length) {
    const withoutExpected = common[row + 1]?.[column] ?? -1
    const withoutActual = common[row]?.[column + 1] ?? -1
    if (row < expected.length && expected[row] === actual[column]) pairs.push([row++, column++])
    else if (withoutExpected >= withoutActual) pairs.push([row++, undefined])
    else pairs.push([undefined, column++])
  }
  return pairs
}

/** `[row][column]`: length of the longest common subsequence of what follows row and column. */
function commonLengths(expected: readonly string[], actual: readonly string[]): number[][] {
  const lengths = Array.from({ length: expected.length + 1 }, () => new Array<number>(actual.length + 1).fill(0))
  for (let row = expected.length - 1; row >= 0; row--)
    for (let column = actual.length - 1; column >= 0; column--) {
      const below = lengths[row + 1] ?? []
      const here = lengths[row] ?? []
      const same = expected[row] === actual[column]
      here[column] = same ? (below[column + 1] ?? 0) + 1 : Math.max(below[column] ?? 0, here[column + 1] ?? 0)
    }
  return lengths
}
