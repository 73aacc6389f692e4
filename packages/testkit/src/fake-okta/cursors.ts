/** What a cursor stands for: the place behind a record, of a list. */
interface Place {
  last: string
  offset: number
}

/** Opaque cursors of lists, good until they are forgotten. */
export function createCursors() {
  const places = new Map<string, Place>()
  let issued = 0
  const issue = (place: Place) => {
    const cursor = `cur${(++issued).toString(36)}x${places.size.toString(36)}`
    places.set(cursor, place)
    return cursor
  }
  return {
    /** Another cursor for the place of one, as behind an empty page. */
    reissue: (cursor: string | null) => issue((cursor !== null && places.get(cursor)) || { last: '', offset: 0 }),
    forget: () => places.clear(),
    /** A page behind a cursor, and the cursor behind it. Undefined for a cursor that nobody knows. */
    page: <Item extends { id: string }>(items: readonly Item[], cursor: string | null, size: number) => {
      const place = cursor === null ? { last: '', offset: 0 } : places.get(cursor)
      if (place === undefined) return undefined
      const start = startOf(items, place)
      const page = items.slice(start, start + size)
      const end = start + page.length
      const next = end < items.length ? issue({ last: page.at(-1)?.id ?? '', offset: end }) : undefined
      return { page, next }
    },
  }
}

export type Cursors = ReturnType<typeof createCursors>

/** Behind the last record, wherever it is by now; where it is gone, everything has moved up. */
function startOf(items: readonly { id: string }[], { last, offset }: Place): number {
  if (offset === 0 || items[offset - 1]?.id === last) return offset
  const found = items.findIndex((item) => item.id === last)
  return found === -1 ? offset - 1 : found + 1
}
