import { deepEqual, equal, notEqual, ok } from 'node:assert/strict'
import { type ConnectorCheck, checkOf } from './connector-check.ts'
import { afterRound, describePicture, describePopulation, emptyPicture, type Picture } from './picture.ts'
import { changedPopulation, type PopulationChange, samplePopulation } from './population.ts'
import { drained, withSource } from './reading.ts'

const renames: readonly PopulationChange[] = [
  { does: 'renameUser', key: 'u-00000', userName: 'renamed@acme.test' },
  { does: 'renameGroup', key: 'g-team', name: 'Renamed' },
]

/** Who is who, over time and between connectors. */
export const identityChecks: readonly ConnectorCheck[] = [
  checkOf('ids stay when names change', (subject) => {
    const population = samplePopulation()
    return withSource(subject, population, async ({ open, source }) => {
      const { connector } = await open()
      const before = afterRound(emptyPicture, await drained(connector.snapshot()))
      await source.change(renames)
      const after = afterRound(emptyPicture, await drained(connector.snapshot()))
      deepEqual(describePicture(after), describePopulation(changedPopulation(population, renames), subject))
      deepEqual([...after.users.keys()].sort(), [...before.users.keys()].sort(), 'ids of users')
      deepEqual([...after.groups.keys()].sort(), [...before.groups.keys()].sort(), 'ids of groups')
      equal(idOf(after, 'renamed@acme.test'), idOf(before, 'u-00000@acme.test'), 'the renamed user')
    })
  }),
  checkOf('two connectors at once do not mix', (subject) => {
    const one = samplePopulation(13, 'one.test')
    const other = samplePopulation(13, 'other.test')
    return withSource(subject, one, (first) =>
      withSource(subject, other, async (second) => {
        notEqual(
          JSON.stringify(first.source.config),
          JSON.stringify(second.source.config),
          'configurations must differ',
        )
        const rounds = [await first.open(), await second.open()].map(({ connector }) => drained(connector.snapshot()))
        const [ofFirst = [], ofSecond = []] = await Promise.all(rounds)
        deepEqual(describePicture(afterRound(emptyPicture, ofFirst)), describePopulation(one, subject))
        deepEqual(describePicture(afterRound(emptyPicture, ofSecond)), describePopulation(other, subject))
      }),
    )
  }),
]

function idOf({ users }: Picture, userName: string): string | undefined {
  const found = [...users.values()].find((user) => user.userName === userName)
  ok(found !== undefined, 'the user must be there')
  return found.id
}
