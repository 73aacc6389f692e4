/** Lines that are kept at most; who has more failures begins with these. */
const linesMax = 60

/**
 * Collects what failed from tap's raw output as it comes: assertions, tests and files, with what stood between the marks of
 * tap's nesting. The output is long, and where it is kept in part, its end is what is left.
 */
export class FailureList {
  readonly #lines: string[] = []
  #rest = ''

  /** The failures so far, in order; a file behind what failed in it. */
  get lines(): readonly string[] {
    return this.#lines
  }

  read(text: string): void {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      if (this.#lines.length < linesMax && /^\s*not ok /.test(line)) this.#lines.push(line.trimEnd())
    }
  }
}
