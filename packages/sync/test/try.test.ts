import t from 'tap'
import { fillSource, openSyncWorld } from './support/sync-world.ts'

t.test('x', async (t) => {
  const world = await openSyncWorld(t)
  const d = await world.addDirectory({ pageSize: 3 })
  fillSource(d.source, { users: 6, groups: 2 })
  const b = performance.now()
  t.equal(await d.sync(), 'completed')
  t.comment(performance.now() - b, await d.run(), await d.row(), JSON.stringify(await d.meaning(), null, 1))
  t.equal(await d.sync(), 'completed')
  t.comment(await d.run(), await d.events('directory.sync_completed'))
})
