import { readFile } from 'node:fs/promises'
import { eventCatalogue } from '@muster/events'
import t from 'tap'

t.test('docs/events.md tells every type of the catalogue, and no other', async (t) => {
  const page = await readFile(new URL('../../../docs/events.md', import.meta.url), 'utf8')
  const rows = page.split('\n').filter((line) => line.startsWith('| `'))
  const told = rows.flatMap((row) => {
    const names = [...(row.split('|')[1] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name)
    // `directory.group.created`, `.updated`: a shortened name takes its beginning from the first.
    return names.map((name) => (name.startsWith('.') ? `${names[0]?.replace(/\.[^.]+$/, '')}${name}` : name))
  })
  t.strictSame(told.toSorted(), Object.keys(eventCatalogue).toSorted())
})
