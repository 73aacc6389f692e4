import { userSynced } from '../event-patterns.ts'
import { unordered } from '../patterns.ts'
import type { Person } from '../person.ts'
import { patchUser } from '../requests.ts'
import { found } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { legacy } from './dialect.ts'
import { facts } from './evidence.ts'
import { createEvents, createStep } from './person.ts'

const samir: Person = { key: 'samir', givenName: 'Samir', familyName: 'Okonkwo' }

/** What `AppRoleAssignmentsComplex` maps to: JSON within a string, which a server keeps as it is. */
const assignment = '{"id":"{{guid:role}}","value":"Auditor","displayName":"Auditor"}'

export const legacyRoles: Transcript = {
  name: 'entra/legacy-roles',
  idp: 'entra',
  dialect: legacy,
  about: 'App roles: a value path with a boolean written as a string, and a role that is JSON inside a string.',
  evidence: [facts.legacyPatch, facts.roles],
  flags: ['anyCaseOp', 'stringBooleans', 'createOnValuePathMiss'],
  steps: [
    createStep(samir),
    patchUser(
      'assign the single role',
      'samir',
      { roles: [{ primary: true, value: 'Reader' }] },
      { op: 'Add', path: 'roles[primary eq "True"].value', value: 'Reader' },
    ),
    patchUser(
      'change the single role',
      'samir',
      { roles: [{ primary: true, value: 'Writer' }] },
      { op: 'Replace', path: 'roles[primary eq "True"].value', value: 'Writer' },
    ),
    patchUser(
      'add an assignment',
      'samir',
      { roles: unordered([{ primary: true, value: 'Writer' }, { value: assignment }]) },
      { op: 'Add', path: 'roles', value: [{ value: assignment }] },
    ),
  ],
  finalState: {
    resources: [
      {
        name: 'samir has both roles',
        path: '/Users/{{samirId}}',
        expect: found({ roles: unordered([{ primary: true, value: 'Writer' }, { value: assignment }]) }),
      },
    ],
    events: [
      ...createEvents(samir),
      userSynced('samir', { roles: [{ value: 'Reader' }] }),
      userSynced('samir', { roles: [{ value: 'Writer' }] }),
      userSynced('samir', { roles: unordered([{ value: 'Writer' }, { value: assignment }]) }),
    ],
  },
}
