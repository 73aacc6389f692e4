/** Tells the person at the terminal what is going on; standard output stays free for results. */
export function say(message: string): void {
  process.stderr.write(`muster: ${message}\n`)
}

/** Prints the result of a command. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}
