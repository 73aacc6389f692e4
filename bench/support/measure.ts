/** Runs `work` from `workers` loops at once for some seconds; answers with completions a second. */
export async function rate(
  workers: number,
  seconds: number,
  work: (worker: number, turn: number) => Promise<unknown>,
): Promise<number> {
  let completed = 0
  let stop = false
  const loop = async (worker: number) => {
    for (let turn = 0; !stop; turn++) {
      await work(worker, turn)
      completed++
    }
  }
  const started = performance.now()
  const timer = setTimeout(() => {
    stop = true
  }, seconds * 1_000)
  await Promise.all(Array.from({ length: workers }, (_, worker) => loop(worker)))
  clearTimeout(timer)
  return completed / ((performance.now() - started) / 1_000)
}

/** Prints rows as a table, columns aligned. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  for (const row of rows) {
    process.stdout.write(`${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}\n`)
  }
}
