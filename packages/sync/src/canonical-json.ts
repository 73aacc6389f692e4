/** Values deeper than this are no document of a directory. */
const depthMax = 64

/**
 * JSON with the keys of objects in order, so that the same content is the same text. Undefined when Postgres could not keep
 * it: a NUL character, half a surrogate pair, or nested too deeply.
 */
export function canonicalJson(value: unknown): string | undefined {
  try {
    return write(value, 0)
  } catch (error) {
    if (error instanceof Unstorable) return undefined
    throw error
  }
}

/** Whether Postgres can keep the text. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0')
}

class Unstorable extends Error {}

function write(value: unknown, depth: number): string {
  if (depth > depthMax) throw new Unstorable()
  if (typeof value === 'string') {
    if (!isStorable(value)) throw new Unstorable()
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  fields.sort(([one], [other]) => (one < other ? -1 : 1))
  return `{${fields.map(([name, field]) => `${write(name, depth)}:${write(field, depth + 1)}`).join(',')}}`
}
