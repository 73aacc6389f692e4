/**
 * Changed settings as the detail of an audit entry: the names of all that were given, and the values of those in `shown`.
 * Show only what is of a closed kind, such as flags and numbers: a text that somebody chose may name a person, and the
 * trail never forgets.
 */
export function describeChanges<T extends object>(
  changes: T,
  shown: readonly (keyof T & string)[],
): Record<string, unknown> {
  const given = Object.entries(changes).filter(([, value]) => value !== undefined)
  const values = given.filter(([name]) => (shown as readonly string[]).includes(name))
  return { ...Object.fromEntries(values), changed: given.map(([name]) => name) }
}
