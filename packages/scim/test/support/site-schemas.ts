import { type Dialect, profiles, resourceTypesWith, type Schema } from '@muster/scim'
import { attribute, complexAttribute } from '../../src/schema/attribute.ts'

/** An extension with attributes of every type and with every characteristic (RFC 7643 §2.2, §2.3). */
export const siteSchema: Schema = {
  id: 'urn:example:params:scim:schemas:extension:site:1.0:User',
  name: 'Site',
  description: 'Where somebody works',
  attributes: [
    attribute('string', 'code', 'Exact.', { caseExact: true }),
    attribute('string', 'tags', 'A list of simple values.', { multiValued: true }),
    attribute('integer', 'floor', 'A number without a fraction.'),
    attribute('integer', 'rooms', 'A list of numbers.', { multiValued: true }),
    attribute('decimal', 'share', 'A number.'),
    attribute('boolean', 'remote', 'Yes or no.'),
    attribute('dateTime', 'since', 'A date and time.'),
    attribute('binary', 'key', 'Bytes.'),
    attribute('reference', 'page', 'An address.', { referenceTypes: ['external'] }),
    attribute('string', 'origin', 'Set once.', { mutability: 'immutable' }),
    attribute('string', 'marks', 'A list that is set once.', { mutability: 'immutable', multiValued: true }),
    attribute('string', 'score', 'Said by the service provider.', { mutability: 'readOnly' }),
    attribute('string', 'pin', 'Never shown.', { mutability: 'writeOnly', returned: 'never' }),
    attribute('string', 'note', 'Shown on request.', { returned: 'request' }),
    attribute('string', 'members', 'Named like an attribute of groups.', { multiValued: true }),
    attribute('string', 'schemas', 'Named like an attribute of everything.'),
    complexAttribute('desk', 'One complex value.', [
      attribute('string', 'serial', 'Set once.', { mutability: 'immutable' }),
      attribute('string', 'place', 'Free text.'),
      attribute('string', 'colors', 'A list within.', { multiValued: true }),
      attribute('boolean', 'shared', 'Yes or no.'),
      attribute('string', 'state', 'Said by the service provider.', { mutability: 'readOnly' }),
      attribute('string', 'lock', 'Never shown.', { returned: 'never' }),
      attribute('string', 'hint', 'Shown on request.', { returned: 'request' }),
      attribute('string', 'value', 'The number of the desk.', { returned: 'always' }),
    ]),
    complexAttribute(
      'badges',
      'A list of complex values.',
      [
        attribute('string', 'number', 'Without it there is no badge.', { required: true }),
        attribute('string', 'serial', 'Set once.', { mutability: 'immutable' }),
        attribute('string', 'door', 'Free text.'),
        attribute('boolean', 'primary', 'The preferred one.'),
      ],
      { multiValued: true },
    ),
  ],
}

/** An extension that nobody needs, but who has it needs its number. */
export const contractSchema: Schema = {
  id: 'urn:example:params:scim:schemas:extension:contract:v1.5',
  name: 'Contract',
  description: 'How somebody is employed',
  attributes: [
    attribute('string', 'number', 'Needed.', { required: true }),
    attribute('string', 'grade', 'Optional.'),
    attribute('string', 'terms', 'Needed, a list.', { required: true, multiValued: true }),
  ],
}

/** Groups may be extended as well, with an attribute that is called what the list of members is called. */
export const teamSchema: Schema = {
  id: 'urn:example:params:scim:schemas:extension:team:1.0:Group',
  name: 'Team',
  description: 'What a group is for',
  attributes: [
    attribute('string', 'purpose', 'Free text.'),
    attribute('string', 'members', 'Not the members.', { multiValued: true }),
  ],
}

const types = resourceTypesWith([
  { resourceType: 'User', schema: siteSchema },
  { resourceType: 'User', schema: contractSchema },
  { resourceType: 'Group', schema: teamSchema },
])

/** Both profiles with these extensions registered. */
export const siteDialects: Record<'compatible' | 'strict', Dialect> = {
  compatible: { types, profile: profiles.compatible },
  strict: { types, profile: profiles.strict },
}
