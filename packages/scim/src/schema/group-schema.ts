import { attribute, complexAttribute, identifier } from './attribute.ts'
import type { Schema } from './schema.ts'

const immutable = { mutability: 'immutable' } as const

/** RFC 7643 §4.2 and §8.7.1; `displayName` is required (erratum 5368), members have `display` (erratum 6011). */
export const groupSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  description: 'A group of users',
  attributes: [
    attribute('string', 'displayName', 'The name of the group.', { ...identifier, required: true }),
    complexAttribute(
      'members',
      'The members of the group.',
      [
        // The value is an id, and ids compare exactly (RFC 7643 §3.1).
        attribute('string', 'value', 'The id of the member.', { ...immutable, caseExact: true }),
        attribute('reference', '$ref', 'The address of the member.', {
          ...immutable,
          referenceTypes: ['User', 'Group'],
        }),
        attribute('string', 'type', 'What the member is.', { ...immutable, canonicalValues: ['User', 'Group'] }),
        attribute('string', 'display', 'The name of the member.', immutable),
      ],
      { multiValued: true },
    ),
  ],
}
