import { setTimeout as sleep } from 'node:timers/promises'
import { Batcher } from '@muster/runtime/batcher'
import t from 'tap'

t.test('the first goes at once, those who come meanwhile go together, keys do not wait for each other', async (t) => {
  const batches: string[][] = []
  const batcher = new Batcher<string, string>({
    itemsMax: 3,
    run: async (items) => {
      batches.push([...items])
      await sleep(20)
      return items.map((item) => item.toUpperCase())
    },
  })
  const answers = await Promise.all([
    ...['a', 'b', 'c', 'd', 'e'].map((item) => batcher.submit('one', item)),
    batcher.submit('two', 'z'),
  ])
  t.strictSame(answers, ['A', 'B', 'C', 'D', 'E', 'Z'])
  t.strictSame(batches, [['a'], ['z'], ['b', 'c', 'd'], ['e']])
  t.equal(await batcher.submit('one', 'f'), 'F', 'and a key that was done begins anew')
})

t.test('an item that fails fails alone', async (t) => {
  const batcher = new Batcher<number, number>({
    itemsMax: 10,
    run: async (items) => {
      await sleep(1)
      if (items.includes(3)) throw new Error('three')
      return items.map((item) => item * 2)
    },
  })
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map((item) => batcher.submit('k', item)))
  t.strictSame(
    outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : outcome.reason.message)),
    [2, 4, 'three', 8],
  )
})

t.test('as many batches of one key as allowed are under way at once, and everybody is answered', async (t) => {
  let underWay = 0
  let most = 0
  const batcher = new Batcher<number, number>({
    itemsMax: 4,
    parallelMax: 2,
    run: async (items) => {
      most = Math.max(most, ++underWay)
      await new Promise((resolve) => setImmediate(resolve))
      underWay--
      return items.map((item) => item * 2)
    },
  })
  const items = Array.from({ length: 50 }, (_, at) => at)
  const results = await Promise.all(items.map((item) => batcher.submit('key', item)))
  t.same(
    results,
    items.map((item) => item * 2),
  )
  t.equal(most, 2)
  t.equal(await batcher.submit('key', 7), 14, 'and a key works again after it was idle')
})

t.test('two items about one subject never share a batch, and keep their order', async (t) => {
  const batches: string[][] = []
  const batcher = new Batcher<string, string>({
    itemsMax: 3,
    subjectOf: (item) => item.slice(0, 1),
    run: async (items) => {
      batches.push([...items])
      await sleep(1)
      return items
    },
  })
  const items = ['z', 'a1', 'a2', 'b1', 'c1', 'a3', 'd1']
  t.strictSame(await Promise.all(items.map((item) => batcher.submit('key', item))), items)
  t.strictSame(batches, [['z'], ['a1', 'b1', 'c1'], ['a2', 'd1'], ['a3']])
})

t.test('idle waits for what is under way, and for what comes in meanwhile', async (t) => {
  const done: number[] = []
  const batcher = new Batcher<number, number>({
    itemsMax: 1,
    run: async ([item]) => {
      await sleep(5)
      done.push(item)
      return [item]
    },
  })
  await batcher.idle()
  const first = batcher.submit('key', 1).then(() => batcher.submit('key', 3))
  void batcher.submit('other', 2)
  await batcher.idle()
  t.strictSame([...done].sort(), [1, 2, 3])
  t.equal(await first, 3)
})
