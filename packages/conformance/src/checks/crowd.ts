import type { JsonObject } from '@muster/scim'
import type { Answer } from '../answer.ts'
import { CheckFailure } from '../check-outcome.ts'
import type { Made, Subject } from '../subject.ts'

/** Some users of one check with an externalId in common: queries are about them alone, whoever else is there. */
export interface Crowd {
  readonly externalId: string
  /** The filter that finds all of them, and nobody else. */
  readonly all: string
  readonly users: Readonly<Record<string, Made>>
  /** A filter that keeps to the crowd. */
  within(filter: string): string
  /** The names of those that a filter must find; fails with the filter. */
  expect(filter: string, ...names: string[]): Promise<void>
  /** The names of the users of a list, in its order. */
  namesIn(answer: Answer): string[]
}

/** Makes the users one after the other, in the order of their names. */
export async function gather(subject: Subject, people: Readonly<Record<string, JsonObject>>): Promise<Crowd> {
  const externalId = `crowd-${subject.nonce}`
  const users: Record<string, Made> = {}
  for (const [name, attributes] of Object.entries(people)) {
    users[name] = await subject.addUser({ userName: `${subject.nonce}-${name}@a.test`, externalId, ...attributes })
  }
  const names = new Map(Object.entries(users).map(([name, { id }]) => [id, name]))
  const all = `externalId eq "${externalId}"`
  const within = (filter: string) => `${all} and (${filter})`
  const namesIn = (answer: Answer) =>
    answer.resources.map((resource) => {
      const id = String(Object(resource).id)
      return names.get(id) ?? `a stranger (${id})`
    })
  return {
    externalId,
    all,
    users,
    within,
    namesIn,
    async expect(filter, ...expected) {
      const answer = (await subject.find('/Users', { filter: within(filter) })).isList()
      const found = namesIn(answer).sort()
      if (found.join() === expected.sort().join()) return
      const wanted = expected.join(', ') || 'nobody'
      throw new CheckFailure(`"${filter}" to find ${wanted}`, found.join(', ') || 'nobody', answer.exchange)
    },
  }
}
