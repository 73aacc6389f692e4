/** Lets so many works be under way at once; the others wait their turn. */
export function createSlots(count: number): { take<T>(work: () => Promise<T>): Promise<T> } {
  const waiting: (() => void)[] = []
  let taken = 0
  return {
    take: async (work) => {
      if (taken < count) taken++
      // Whoever leaves hands the slot over: the count stays.
      else await new Promise<void>((resolve) => waiting.push(resolve))
      try {
        return await work()
      } finally {
        const next = waiting.shift()
        if (next === undefined) taken--
        else next()
      }
    },
  }
}
