import { createdEvents, type Person } from '../person.ts'
import { get } from '../requests.ts'
import { found } from '../scim-messages.ts'
import type { AnswerExpectation, Transcript } from '../transcript.ts'
import { customIntegration } from './dialect.ts'
import { facts } from './evidence.ts'
import { createStep } from './profile.ts'

const noa: Person = { key: 'noa', givenName: 'Noa', familyName: 'Peretz' }

const capabilities: AnswerExpectation = found({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
  patch: { supported: true },
  filter: { supported: true },
})

export const probe: Transcript = {
  name: 'rippling/probe',
  idp: 'rippling',
  dialect: customIntegration,
  about: 'The test of an installation: capabilities without and with the token, before the first user.',
  evidence: [facts.probe, facts.attributes],
  flags: [],
  steps: [
    { ...get('capabilities without a token', '/ServiceProviderConfig', {}, capabilities), authorization: null },
    get('capabilities', '/ServiceProviderConfig', {}, capabilities),
    createStep(noa),
  ],
  finalState: {
    resources: [{ name: 'capabilities', path: '/ServiceProviderConfig', expect: capabilities }],
    events: createdEvents(noa),
  },
}
