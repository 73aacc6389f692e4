/**
 * Pairs each row with a column of its own: `accepts[row][column]` tells which pairs are possible.
 *
 * Greedy pairing would fail patterns that overlap ("any member" taking the element that "this member" needs), so an
 * earlier choice is revised along augmenting paths (Kuhn's algorithm). Returns the column of each row, or undefined.
 */
export function pairUp(accepts: readonly (readonly boolean[])[]): (number | undefined)[] {
  const rowOfColumn = new Map<number, number>()

  function place(row: number, tried: Set<number>): boolean {
    for (const [column, accepted] of (accepts[row] ?? []).entries()) {
      if (!accepted || tried.has(column)) continue
      tried.add(column)
      const holder = rowOfColumn.get(column)
      if (holder === undefined || place(holder, tried)) {
        rowOfColumn.set(column, row)
        return true
      }
    }
    return false
  }

  for (const row of accepts.keys()) place(row, new Set())
  const columnOfRow: (number | undefined)[] = accepts.map(() => undefined)
  for (const [column, row] of rowOfColumn) columnOfRow[row] = column
  return columnOfRow
}
