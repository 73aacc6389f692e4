import { isDeepStrictEqual } from 'node:util'
import { type JsonObject, parseGroup, parseUser, patchGroupAttributes, patchUser, planGroupPatch } from '@muster/scim'
import { seedElse, times } from '@muster/testkit/effort'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { attempt, isSameRefusal } from './support/attempt.ts'
import { patchMembersByTheBook, runMemberSteps } from './support/member-oracle.ts'
import {
  memberOperation,
  operationOn,
  type TwofoldMemberOperation,
  type TwofoldOperation,
} from './support/patch-arbitraries.ts'
import { patchByTheBook } from './support/patch-oracle.ts'
import { siteDialects } from './support/site-schemas.ts'

const seed = seedElse(20_261_122)
const runs = times(1_500, 200_000)
const { compatible } = siteDialects
const message = (operations: readonly { sent: object }[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: operations.map(({ sent }) => sent),
})

const jane = parseUser({ userName: 'jane' }, compatible)
const team = parseGroup({ displayName: 'team' }, compatible).document

/** A document with some history: whatever succeeds of random operations. */
const userHistory = fc.array(operationOn(compatible.types.user, true), { maxLength: 14 }).map((operations) =>
  operations.reduce((document, operation) => {
    const outcome = attempt(() => patchUser(document, message([operation]), compatible).document)
    return typeof outcome === 'string' ? document : outcome
  }, jane),
)

/** Runs a property, and asserts that both successes and refusals were among its cases. */
function holds(t: Test, property: fc.IProperty<unknown>, outcomes: { succeeded: number; refused: number }): void {
  const outcome = fc.check(property, { seed, numRuns: runs })
  const { succeeded, refused } = outcomes
  t.equal(outcome.failed ? fc.defaultReportMessage(outcome) : '', '', `${succeeded} succeeded, ${refused} refused`)
  t.ok(succeeded > runs / 4 && refused > runs / 8, 'both happen often')
}

/** Throws unless both ways lead to the same. Of several operations only whether they are refused must agree. */
function compare(
  found: unknown,
  expected: unknown,
  operations: number,
  outcomes: { succeeded: number; refused: number },
) {
  if (typeof found === 'string') outcomes.refused++
  else outcomes.succeeded++
  if (operations > 1 && typeof found === 'string' && typeof expected === 'string') return
  if (isDeepStrictEqual(found, expected) || isSameRefusal(found, expected)) return
  throw new Error(`expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`)
}

for (const [name, dialect] of Object.entries(siteDialects)) {
  const tolerant = name === 'compatible'
  const { user, group } = dialect.types

  t.test(
    `#84 #87 #88 #89 #90 #91 #92 #93 a PATCH of a user is what the oracle says, ${name} (seed ${seed})`,
    async (t) => {
      const outcomes = { succeeded: 0, refused: 0 }
      const operations = fc.array(operationOn(user, tolerant), { minLength: 1, maxLength: 3 })
      const property = fc.property(userHistory, operations, (document, list: TwofoldOperation[]) => {
        const meant = list.map((operation) => operation.meant)
        const expected = attempt(() => patchByTheBook(document, meant, { type: user, tolerant }))
        const found = attempt(() => patchUser(document, message(list), dialect).document)
        compare(found, expected, list.length, outcomes)
      })
      holds(t, property, outcomes)
    },
  )

  t.test(`#87 #89 #90 #91 a PATCH of a group is what the oracle says, ${name} (seed ${seed})`, async (t) => {
    const outcomes = { succeeded: 0, refused: 0 }
    const one = fc.oneof(
      { weight: 3, arbitrary: memberOperation(tolerant).map((operation) => ({ on: 'members' as const, operation })) },
      {
        weight: 1,
        arbitrary: operationOn(group, tolerant).map((operation) => ({ on: 'attributes' as const, operation })),
      },
    )
    const start = fc.uniqueArray(fc.constantFrom('u1', 'u2', 'u3', 'g1', 'g2'))
    const property = fc.property(start, fc.array(one, { minLength: 1, maxLength: 5 }), (members, list) => {
      const onMembers = list.flatMap(({ on, operation }) =>
        on === 'members' ? [operation as TwofoldMemberOperation] : [],
      )
      const others = list.flatMap(({ on, operation }) => (on === 'attributes' ? [operation as TwofoldOperation] : []))
      const expected = attempt((): { document: JsonObject; members: string[] } => ({
        document: patchByTheBook(
          team,
          others.map(({ meant }) => meant),
          { type: group, tolerant },
        ),
        members: patchMembersByTheBook(
          members,
          onMembers.map(({ meant }) => meant),
          tolerant,
        ).sort(),
      }))
      const found = attempt(() => {
        const plan = planGroupPatch(message(list.map(({ operation }) => operation)), dialect)
        const { document } = patchGroupAttributes(team, plan, dialect)
        return { document, members: runMemberSteps(members, plan.members).sort() }
      })
      compare(found, expected, list.length, outcomes)
    })
    holds(t, property, outcomes)
  })
}
