import { userDeactivated, userDeleted, userSynced, userUpdated } from '../event-patterns.ts'
import { absent, exactly, unordered } from '../patterns.ts'
import { loginOf, type Person } from '../person.ts'
import { patchUser, readUser } from '../requests.ts'
import { done, duplicate, listOf, notFound, urns } from '../scim-messages.ts'
import type { Transcript } from '../transcript.ts'
import { validator } from './dialect.ts'
import { facts } from './evidence.ts'
import { enterprise, findUsers } from './requests.ts'
import { validatorCreate, validatorCreated } from './validator.ts'

const lilian: Person = { key: 'lilian', givenName: 'Lilian', familyName: 'Graham' }
const login = loginOf(lilian)
const newLogin = 'emilio.{{run}}@example.test'
const newMail = 'lilian.graham.{{run}}@example.test'
const manager = enterprise('manager')

export const validatorUsers: Transcript = {
  name: 'entra/validator-users',
  idp: 'entra',
  dialect: validator,
  about: 'The twelve required checks of users, in the order of the SCIM Validator, on one user.',
  evidence: [facts.validator, facts.emptyOperations],
  flags: ['stringBooleans', 'emptyOperationsAreNoOp', 'emptyStringUnassigns', 'acceptUnknownManagers'],
  steps: [
    { ...validatorCreate(lilian), name: 'Create a new User' },
    readUser('… and it is there', 'lilian', { userName: login }),
    { ...validatorCreate(lilian), name: 'Create a duplicate User', expect: duplicate, capture: {} },
    findUsers('Filter for an existing user', `userName eq "${login}"`, listOf({ id: '{{lilianId}}', userName: login })),
    findUsers('Filter for a non-existing user', 'userName eq "{{guid:nobody}}"', listOf()),
    findUsers(
      'Filter for an existing user with a different case',
      'userName eq "LILIAN.{{run}}@EXAMPLE.TEST"',
      listOf({ id: '{{lilianId}}' }),
    ),
    patchUser(
      'Patch User - Replace Attributes Verbose',
      'lilian',
      {
        displayName: 'L. Graham',
        title: 'Lead',
        name: { givenName: 'Lil', middleName: 'Sam', familyName: 'Graham' },
        emails: [exactly({ type: 'work', value: newMail, primary: true })],
        phoneNumbers: unordered([
          { type: 'work', value: '07-272-0828', primary: true },
          { type: 'mobile', value: '07-272-0829' },
          { type: 'fax', value: '27-481-2846' },
        ]),
        addresses: [{ type: 'work', streetAddress: '2809 Johns Walk', locality: 'Elsewhere', postalCode: 'dj6 6at' }],
        roles: [{ primary: true, value: 'NEWROLE', type: 'QHKOMWAA' }],
        [urns.enterpriseUser]: { employeeNumber: 'NEW', department: 'Other' },
      },
      { op: 'replace', path: 'displayName', value: 'L. Graham' },
      { op: 'replace', path: 'title', value: 'Lead' },
      { op: 'replace', path: 'name.givenName', value: 'Lil' },
      { op: 'replace', path: 'name.middleName', value: 'Sam' },
      { op: 'replace', path: 'emails[type eq "work"].value', value: newMail },
      { op: 'replace', path: 'emails[type eq "work"].primary', value: true },
      { op: 'replace', path: 'phoneNumbers[type eq "work"].value', value: '07-272-0828' },
      { op: 'replace', path: 'phoneNumbers[type eq "mobile"].value', value: '07-272-0829' },
      { op: 'replace', path: 'addresses[type eq "work"].streetAddress', value: '2809 Johns Walk' },
      { op: 'replace', path: 'addresses[type eq "work"].locality', value: 'Elsewhere' },
      { op: 'replace', path: 'roles[primary eq "True"].value', value: 'NEWROLE' },
      { op: 'replace', path: enterprise('employeeNumber'), value: 'NEW' },
      { op: 'replace', path: enterprise('department'), value: 'Other' },
    ),
    patchUser(
      'Update User userName',
      'lilian',
      { userName: newLogin },
      { op: 'replace', value: { userName: newLogin } },
    ),
    patchUser(
      'Patch User - Disable User',
      'lilian',
      { active: false },
      { op: 'replace', path: 'active', value: false },
    ),
    patchUser('a PATCH without operations', 'lilian', { active: false, userName: newLogin }),
    patchUser(
      'Patch User - Add Manager',
      'lilian',
      { [urns.enterpriseUser]: { manager: { value: 'AXTKDLNR' } } },
      { op: 'add', path: manager, value: { value: 'AXTKDLNR' } },
    ),
    patchUser(
      'Patch User - Replace Manager',
      'lilian',
      { [urns.enterpriseUser]: { manager: { value: 'CBEQXYNP' } }, [manager]: absent },
      { op: 'replace', path: manager, value: { value: 'CBEQXYNP' } },
    ),
    patchUser(
      'Patch User - Remove Manager',
      'lilian',
      { [urns.enterpriseUser]: { employeeNumber: 'NEW', manager: absent } },
      { op: 'replace', path: manager, value: { value: '' } },
    ),
    { name: 'Delete a User', method: 'DELETE', path: '/Users/{{lilianId}}', expect: done },
  ],
  finalState: {
    resources: [
      { name: 'the user is gone', path: '/Users/{{lilianId}}', expect: notFound },
      { name: 'and not found', path: '/Users', query: { filter: `userName eq "${newLogin}"` }, expect: listOf() },
    ],
    events: [
      ...validatorCreated(lilian),
      ...userUpdated('lilian', {
        email: { from: login, to: newMail },
        firstName: { from: 'Lilian', to: 'Lil' },
        title: { from: 'Tester', to: 'Lead' },
        phoneNumber: { from: '27-481-2844', to: '07-272-0828' },
        location: { from: 'Anywhere', to: 'Elsewhere' },
        employeeId: { from: 'OXYYEGWV', to: 'NEW' },
        department: { from: 'ZYWTBPDF', to: 'Other' },
      }),
      ...userUpdated('lilian', { username: { from: login, to: newLogin } }),
      ...userDeactivated('lilian'),
      ...userUpdated('lilian', { manager: { from: 'IHZXFLMQ', to: 'AXTKDLNR' } }),
      ...userUpdated('lilian', { manager: { from: 'AXTKDLNR', to: 'CBEQXYNP' } }),
      userSynced('lilian', { [urns.enterpriseUser]: { manager: absent } }),
      userDeleted('lilian'),
    ],
  },
}
