/** Assertions over all test files of a run. */
export interface Totals {
  passed: number
  failed: number
}

/**
 * tap's own count in its raw output: the comment that the root test writes last, unindented, such as
 * `# { total: 3, pass: 2, fail: 1 }` (Node breaks a long one into several lines). Undefined without one.
 */
export function parseTotals(output: string): Totals | undefined {
  const comments = output.matchAll(/^# \{[^}]*\btotal: \d+[^}]*\}/gm)
  const last = [...comments].at(-1)?.[0]
  if (last === undefined) return undefined
  return { passed: count(last, 'pass'), failed: count(last, 'fail') }
}

function count(totals: string, name: string): number {
  return Number(new RegExp(`\\b${name}: (\\d+)`).exec(totals)?.[1] ?? 0)
}
