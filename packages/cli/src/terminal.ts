// Whoever reads us may leave before we end (`muster up | head`, a closed terminal): that is no reason to crash.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

/** Tells the person at the terminal what is going on; standard output stays free for results. */
export function say(message: string): void {
  process.stderr.write(`muster: ${message}\n`)
}

/** Prints the result of a command. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
