import type { JsonObject } from '../json.ts'
import { anyArray, anyInteger, anyString, contains } from '../patterns.ts'
import { createdEvents, loginOf, type Person } from '../person.ts'
import { createUser, get, readUser } from '../requests.ts'
import { duplicate, found, listOf, pageOf, urns } from '../scim-messages.ts'
import type { AnswerExpectation, Step, Transcript } from '../transcript.ts'
import { specTest } from './dialect.ts'
import { facts } from './evidence.ts'

const mina: Person = { key: 'mina', givenName: 'Mina', familyName: 'Eriksen' }
const kurt: Person = { key: 'kurt', givenName: 'Kurt', familyName: 'Amsel' }
const login = loginOf(mina)

/** The test's own bodies are sent as plain JSON. */
const plainJson = { 'content-type': 'application/json', accept: 'application/scim+json; charset=utf-8' }
const responseTimeMaxMs = 600

function profileOf(person: Person): JsonObject {
  const { givenName, familyName } = person
  return {
    schemas: [urns.user],
    userName: loginOf(person),
    name: { givenName, familyName },
    emails: [{ primary: true, value: loginOf(person), type: 'work' }],
    displayName: `${givenName} ${familyName}`,
    active: true,
  }
}

function create(person: Person): Step {
  return { ...createUser(person, profileOf(person), profileOf(person)), headers: plainJson }
}

function failure(status: number): AnswerExpectation {
  return { status, body: { schemas: contains([urns.error]), status: `${status}`, detail: anyString } }
}

const complete = {
  id: anyString,
  userName: anyString,
  name: { givenName: anyString, familyName: anyString },
  active: true,
  emails: [{ value: anyString }],
}

export const specTestAssertions: Transcript = {
  name: 'okta/spec-test',
  idp: 'okta',
  dialect: specTest,
  about:
    "The requests and assertions of Okta's published SPEC test; the user that it expects to be there is made first.",
  evidence: [facts.specTest],
  flags: [],
  steps: [
    create(kurt),
    {
      ...get(
        'a page of one user',
        '/Users',
        { count: '1', startIndex: '1' },
        pageOf(1, [{ id: anyString, userName: anyString }]),
      ),
      capture: { firstUserId: 'Resources.0.id' },
    },
    get('that user by id', '/Users/{{firstUserId}}', {}, found({ id: '{{firstUserId}}', userName: anyString })),
    // In the test the directory holds nobody but complete users; here only this one is known to be.
    readUser('a complete user by id', 'kurt', complete),
    get('a userName that nobody has', '/Users', { filter: 'userName eq "nobody.{{run}}@example.test"' }, listOf()),
    get('an id that nobody has', '/Users/{{guid:nobody}}', {}, failure(404)),
    get('the user to create is not there', '/Users', { filter: `userName eq "${login}"` }, listOf()),
    create(mina),
    readUser('the user was created', 'mina', profileOf(mina)),
    { ...create(mina), name: 'create the same user again', expect: duplicate, capture: {} },
    get(
      'userName in capitals',
      '/Users',
      { filter: 'userName eq "MINA.{{run}}@EXAMPLE.TEST"' },
      listOf({ id: '{{minaId}}' }),
    ),
    get('groups, in time', '/Groups', {}, { ...pageOf(anyInteger, anyArray), withinMs: responseTimeMaxMs }),
    {
      ...get('a token that is none', '/Users', { filter: `userName eq "${login}"` }, failure(401)),
      authorization: 'non-token',
    },
    get('an id that cannot be one', '/Users/00919288221112222', {}, failure(404)),
  ],
  finalState: {
    resources: [{ name: 'mina', path: '/Users/{{minaId}}', expect: found(complete) }],
    events: [kurt, mina].flatMap((person) => createdEvents(person)),
  },
}
