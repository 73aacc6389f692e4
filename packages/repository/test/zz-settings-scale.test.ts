import t from 'tap'
import { addUsers, openSettingsStage } from './support/settings-stage.ts'
import { userDocument } from './support/directory.ts'
t.test('scale', async (t) => {
  const { directory, preview, change } = await openSettingsStage(t)
  for (const n of [0, 1, 2, 3]) {
    const docs = Array.from({ length: 5000 }, (_, i) => userDocument(`u${n}-${i}@acme.test`, { userType: i % 2 ? 'a' : 'b' }))
    const ids = (await directory.createUsers(docs)).filter((id) => id !== undefined)
    await directory.createGroup(`g${n}`, ids.slice(0, 1000))
    const time = async (what: string, work: () => Promise<unknown>) => {
      const from = performance.now()
      const it = await work()
      console.error(n, what, Math.round(performance.now() - from), JSON.stringify(it).slice(0, 150))
    }
    await time('groups', () => preview({ filters: { excludeGroups: ['g0', 'g1'] } }))
    await time('custom', () => preview({ filters: { customFilters: { userType: ['a'] } } }))
    await time('dir groups', () => preview({ filters: { excludeGroups: ['g0', 'g1'] } }, directory))
    await time('order', () => preview({ order: [directory] }))
    await time('change', () => change({ filters: { excludeGroups: ['g0', 'g1'] } }))
    await time('back', () => change({ filters: {} }))
  }
  t.ok(addUsers)
})
