import { userSynced, userUpdated } from '../event-patterns.ts'
import type { Json, JsonObject } from '../json.ts'
import { absent, unset } from '../patterns.ts'
import type { Person } from '../person.ts'
import { patchUser } from '../requests.ts'
import { found, urns } from '../scim-messages.ts'
import type { Step, Transcript } from '../transcript.ts'
import { legacy } from './dialect.ts'
import { facts } from './evidence.ts'
import { createEvents, createStep } from './person.ts'
import { enterprise } from './requests.ts'

const ines: Person = { key: 'ines', givenName: 'Ines', familyName: 'Duarte' }
const olga: Person = { key: 'olga', givenName: 'Olga', familyName: 'Petrova' }
const nils: Person = { key: 'nils', givenName: 'Nils', familyName: 'Aalto' }
const people = [ines, olga, nils]

function managedBy(key: string): JsonObject {
  return { [urns.enterpriseUser]: { manager: { value: `{{${key}Id}}` } } }
}

const withoutManager = { [urns.enterpriseUser]: absent }
const unmanaged = { schemas: [urns.user], ...withoutManager }

/** What a manager of the directory changes in the person: what the directory says, and who that is. */
function managers(from: Json, to: string): JsonObject {
  const person = (key: Json) => (typeof key === 'string' ? `{{${key}Person}}` : null)
  const said = (key: Json) => (typeof key === 'string' ? `{{${key}Id}}` : key)
  return { manager: { from: said(from), to: said(to) }, managerId: { from: person(from), to: person(to) } }
}

function setManager(name: string, op: string, path: string, value: Json, expect: JsonObject): Step {
  return patchUser(name, 'ines', expect, { op, path, value })
}

export const legacyManager: Transcript = {
  name: 'entra/legacy-manager',
  idp: 'entra',
  dialect: legacy,
  about: 'One manager in all the shapes that Entra and its validator use to set and to remove it.',
  evidence: [facts.legacyPatch, facts.manager],
  flags: [
    'anyCaseOp',
    'wrapSimpleAsComplex',
    'unwrapListOfOne',
    'emptyStringUnassigns',
    'unprefixedExtensionAttributes',
  ],
  steps: [
    ...people.map(createStep),
    setManager('set by string', 'Add', enterprise('manager'), '{{olgaId}}', managedBy('olga')),
    setManager(
      'set by array, without URN',
      'Add',
      'manager',
      [{ $ref: '{{scimBaseUrl}}/Users/{{nilsId}}', value: '{{nilsId}}' }],
      managedBy('nils'),
    ),
    setManager('remove by empty string', 'Replace', enterprise('manager'), '', unmanaged),
    setManager('set by object', 'Replace', enterprise('manager'), { value: '{{olgaId}}' }, managedBy('olga')),
    setManager('remove by an object without value', 'Replace', enterprise('manager'), { value: '' }, unmanaged),
    setManager('set again', 'Add', enterprise('manager'), '{{nilsId}}', managedBy('nils')),
    patchUser('remove by Remove', 'ines', unmanaged, { op: 'Remove', path: enterprise('manager') }),
  ],
  finalState: {
    resources: [{ name: 'ines has no manager', path: '/Users/{{inesId}}', expect: found(unmanaged) }],
    // A removal is in the raw attributes only: nobody else provides a manager, so the person keeps the last one.
    events: [
      ...people.flatMap(createEvents),
      ...userUpdated('ines', managers(unset, 'olga')),
      ...userUpdated('ines', managers('olga', 'nils')),
      userSynced('ines', withoutManager),
      ...userUpdated('ines', managers('nils', 'olga')),
      userSynced('ines', withoutManager),
      ...userUpdated('ines', managers('olga', 'nils')),
      userSynced('ines', withoutManager),
    ],
    users: [
      {
        name: 'ines',
        id: '{{inesPerson}}',
        match: { profile: { manager: '{{nilsId}}' }, managerId: '{{nilsPerson}}' },
      },
    ],
  },
}
