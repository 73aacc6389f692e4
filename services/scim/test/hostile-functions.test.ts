import { MusterError } from '@muster/runtime/errors'
import {
  type Dialect,
  type JsonObject,
  parseFilter,
  parseGroup,
  parseIndexPage,
  parseSelection,
  parseSort,
  parseUser,
  patchGroupAttributes,
  patchUser,
  planGroupPatch,
  project,
  readBulkRequest,
  selectionAfterWrite,
  standardDialects,
} from '@muster/scim'
import { seedElse, times } from '@muster/testkit/effort'
import fc from 'fast-check'
import t from 'tap'
import { bulk, filter, parameters, patch, resource } from './support/arbitraries.ts'

/** What the service hands to packages/scim, without the service: see hostile.test.ts for how many inputs go where. */
const seed = seedElse(20_261_121)
const builtIns = [Object, Array, String, Function, Map, Set, WeakMap, RegExp, Promise, Error]
const propertiesOfBuiltIns = () =>
  builtIns.flatMap((maker) => [Object.getOwnPropertyDescriptors(maker.prototype), Reflect.ownKeys(maker)])
const untouched = propertiesOfBuiltIns()

const { compatible, strict } = standardDialects
const { user, group } = compatible.types
const baseUrl = 'https://muster.test/scim/key/v2'
const jane = parseUser(
  { userName: 'jane', emails: [{ value: 'a', type: 'work' }], name: { givenName: 'J' } },
  compatible,
)
const team = parseGroup({ displayName: 'team' }, compatible).document

type Call = () => unknown

/** Each family: its inputs, how many of 1,000, and what is done with each. */
const families: readonly {
  name: string
  share: number
  inputs: fc.Arbitrary<unknown>
  calls: (input: unknown) => Call[]
}[] = [
  {
    name: '#55 #56 #65 filters',
    share: 300,
    inputs: filter,
    calls: (text) =>
      [user, group].flatMap((type) =>
        [compatible, strict].map(
          ({ profile }) =>
            () =>
              parseFilter(String(text), type, profile),
        ),
      ),
  },
  {
    name: '#67 #75 #77 parameters',
    share: 150,
    inputs: parameters,
    calls: (input) => {
      const query = input as Record<string, string>
      return [
        () => project({ ...jane, id: 'x' }, parseSelection(query, user), user),
        () => parseIndexPage(query, { defaultCount: 100, maxCount: 1_000 }),
        () => parseSort(query, user, compatible.profile),
      ]
    },
  },
  {
    name: '#24 #32 #46 resources',
    share: 250,
    inputs: resource,
    calls: (body) =>
      [compatible, strict].flatMap((dialect) => [
        () => isCanonical(parseUser(body, dialect), dialect),
        () => parseUser(body, dialect, jane),
        () => parseGroup(body, dialect),
      ]),
  },
  {
    name: '#84 #86 patches',
    share: 250,
    inputs: patch,
    calls: (body) =>
      [compatible, strict].flatMap((dialect) => [
        () => isCanonical(patchUser(jane, body, dialect).document, dialect),
        () => patchGroupAttributes(team, planGroupPatch(body, dialect), dialect),
        () => patchUser(jane, body, dialect) && selectionAfterWrite({ kind: 'default' }, body, user, dialect),
      ]),
  },
  {
    name: '#100 #106 bulks',
    share: 50,
    inputs: bulk,
    calls: (body) =>
      [compatible, strict].map((dialect) => () => readBulkRequest(body, { dialect, baseUrl }, { maxOperations: 3 })),
  },
]

/** What comes out of anything is a document that means itself, to the dialect it came through: `""` is a value to one only. */
function isCanonical(document: JsonObject, dialect: Dialect): void {
  if (JSON.stringify(parseUser(document, dialect)) === JSON.stringify(document)) return
  throw new Error(`not canonical: ${JSON.stringify(document)}`)
}

// Most of the time goes into stack traces of refusals otherwise; the seed leads back to a failure.
Error.stackTraceLimit = 1

for (const { name, share, inputs, calls } of families) {
  const runs = share * times(30, 900)
  t.test(`#119 ${name}: nothing but a MusterError comes out (seed ${seed})`, { timeout: 3_600_000 }, async (t) => {
    let [accepted, refused] = [0, 0]
    const property = fc.property(inputs, (input) => {
      for (const run of calls(input)) {
        try {
          run()
          accepted++
        } catch (error) {
          if (!(error instanceof MusterError)) throw error
          if (error.status >= 500) throw error
          refused++
        }
      }
    })
    const outcome = fc.check(property, { seed, numRuns: runs })
    t.equal(
      outcome.failed ? fc.defaultReportMessage(outcome) : '',
      '',
      `${runs} inputs: ${accepted} fine, ${refused} refused`,
    )
    t.ok(accepted > runs / 20, 'not everything was refused at the door')
    t.same(propertiesOfBuiltIns(), untouched)
  })
}
