/**
 * Compares by code point, as Postgres does under `COLLATE "C"`: negative, zero or positive. JavaScript's `<` compares
 * UTF-16 units and puts characters beyond U+FFFF before U+E000.
 */
export function compareCodePoints(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let at = 0; at < length; at++) {
    const difference = rank(left.charCodeAt(at)) - rank(right.charCodeAt(at))
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** Moves surrogates behind every other unit; only the first differing unit matters. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
