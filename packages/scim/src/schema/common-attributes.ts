import { attribute, complexAttribute, identifier } from './attribute.ts'

const assigned = { mutability: 'readOnly', caseExact: true } as const

/** Attributes of every resource; they belong to no schema (RFC 7643 §3, §3.1). */
export const commonAttributes = [
  attribute('reference', 'schemas', 'The schemas of this representation.', {
    multiValued: true,
    required: true,
    returned: 'always',
    referenceTypes: ['uri'],
  }),
  attribute('string', 'id', 'The identifier given by the service provider.', {
    ...assigned,
    returned: 'always',
    uniqueness: 'server',
  }),
  attribute('string', 'externalId', 'The identifier given by the provisioning client.', {
    ...identifier,
    caseExact: true,
  }),
  complexAttribute(
    'meta',
    'Facts about the resource, kept by the service provider.',
    [
      attribute('string', 'resourceType', 'The name of the resource type.', assigned),
      attribute('dateTime', 'created', 'When the resource was created.', assigned),
      attribute('dateTime', 'lastModified', 'When the resource was last changed.', assigned),
      attribute('reference', 'location', 'The address of the resource.', { ...assigned, referenceTypes: ['uri'] }),
      attribute('string', 'version', 'The version of the resource, as in its entity tag.', assigned),
    ],
    { mutability: 'readOnly' },
  ),
]
