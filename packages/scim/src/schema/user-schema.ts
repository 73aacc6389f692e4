import { attribute, complexAttribute, identifier } from './attribute.ts'
import { labelAttributes, pluralAttribute } from './plural-attribute.ts'
import type { Schema } from './schema.ts'

const readOnly = { mutability: 'readOnly' } as const

const name = complexAttribute('name', "The parts of the person's name.", [
  attribute('string', 'formatted', 'The whole name, ready for display.'),
  attribute('string', 'familyName', 'The family name, or last name.'),
  attribute('string', 'givenName', 'The given name, or first name.'),
  attribute('string', 'middleName', 'The middle names.'),
  attribute('string', 'honorificPrefix', 'What comes before the name, such as "Ms.".'),
  attribute('string', 'honorificSuffix', 'What comes after the name, such as "III".'),
])

const addresses = complexAttribute(
  'addresses',
  'Postal addresses.',
  [
    attribute('string', 'formatted', 'The whole address, ready for display or a label.'),
    attribute('string', 'streetAddress', 'Street, house number, and whatever else the street line holds.'),
    attribute('string', 'locality', 'City or locality.'),
    attribute('string', 'region', 'State or region.'),
    attribute('string', 'postalCode', 'Postal code.'),
    attribute('string', 'country', 'Country, preferably as an ISO 3166-1 alpha-2 code.'),
    ...labelAttributes(['work', 'home', 'other']),
  ],
  { multiValued: true },
)

const groups = complexAttribute(
  'groups',
  'The groups the user belongs to; changed through the groups.',
  [
    // The value is an id, and ids compare exactly (RFC 7643 §3.1).
    attribute('string', 'value', 'The id of the group.', { ...readOnly, caseExact: true }),
    attribute('reference', '$ref', 'The address of the group.', { ...readOnly, referenceTypes: ['Group'] }),
    attribute('string', 'display', 'The name of the group.', readOnly),
    attribute('string', 'type', 'Whether the membership is direct.', {
      ...readOnly,
      canonicalValues: ['direct', 'indirect'],
    }),
  ],
  { ...readOnly, multiValued: true },
)

/** RFC 7643 §4.1 and §8.7.1, with the errata applied. */
export const userSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  description: 'A user account',
  attributes: [
    attribute('string', 'userName', 'The name the user signs in with; unique in the directory.', {
      ...identifier,
      required: true,
      uniqueness: 'server',
    }),
    name,
    attribute('string', 'displayName', 'The name to show.', identifier),
    attribute('string', 'nickName', 'The casual name.'),
    attribute('reference', 'profileUrl', "The address of the user's profile page.", { referenceTypes: ['external'] }),
    attribute('string', 'title', 'The job title.'),
    attribute('string', 'userType', 'The relation to the organization, such as "Contractor".'),
    attribute('string', 'preferredLanguage', 'Preferred languages, as in an Accept-Language header ("en-US").'),
    attribute('string', 'locale', 'The locale for numbers, dates and currency ("en-US").'),
    attribute('string', 'timezone', 'The time zone, by its IANA name.'),
    attribute('boolean', 'active', 'Whether the user may use the service.'),
    attribute('string', 'password', 'Accepted for compatibility; neither stored nor returned.', {
      mutability: 'writeOnly',
      returned: 'never',
      caseExact: true,
    }),
    pluralAttribute('emails', 'Email addresses.', {
      value: attribute('string', 'value', 'The email address.', identifier),
      types: ['work', 'home', 'other'],
    }),
    pluralAttribute('phoneNumbers', 'Telephone numbers.', {
      value: attribute('string', 'value', 'The number, preferably as an RFC 3966 URI without its scheme.'),
      types: ['work', 'home', 'mobile', 'fax', 'pager', 'other'],
    }),
    pluralAttribute('ims', 'Instant messaging addresses.', {
      value: attribute('string', 'value', 'The address.'),
      types: ['aim', 'gtalk', 'icq', 'xmpp', 'msn', 'skype', 'qq', 'yahoo'],
    }),
    pluralAttribute('photos', 'Pictures of the user.', {
      value: attribute('reference', 'value', 'The address of the picture.', { referenceTypes: ['external'] }),
      types: ['photo', 'thumbnail'],
    }),
    addresses,
    groups,
    pluralAttribute('entitlements', 'What the user is entitled to.', {
      value: attribute('string', 'value', 'The entitlement.'),
    }),
    pluralAttribute('roles', 'The roles of the user at the source.', {
      value: attribute('string', 'value', 'The role.'),
      displayAlias: 'displayName',
    }),
    pluralAttribute('x509Certificates', 'Certificates of the user.', {
      value: attribute('binary', 'value', 'One DER certificate in base64.'),
    }),
  ],
}
