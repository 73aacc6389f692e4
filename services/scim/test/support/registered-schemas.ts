import { putExtensionSchema } from '@muster/repository'
import { parseExtensionSchema } from '@muster/scim'
import { change, startDirectory, type TestDirectory } from './installation.ts'

export const okta = 'urn:okta:custom:user:1.0'
export const contoso = 'urn:ietf:params:scim:schemas:extension:contoso:2.0:User'
export const costs = 'urn:acme:costs'

const plural = ['value', 'display', 'type'].map((name) => ({ name }))
export const contosoSchema = {
  id: contoso,
  name: 'Contoso',
  description: 'What Contoso knows of a user',
  attributes: [
    { name: 'nickText' },
    { name: 'badgeCode', caseExact: true, canonicalValues: ['A', 'B'] },
    { name: 'remote', type: 'boolean' },
    { name: 'level', type: 'integer' },
    { name: 'rate', type: 'decimal' },
    { name: 'hired', type: 'dateTime' },
    { name: 'photoBytes', type: 'binary' },
    { name: 'desk', type: 'reference', referenceTypes: ['external'] },
    { name: 'pin', mutability: 'writeOnly' },
    { name: 'notes', returned: 'request' },
    { name: 'grade', mutability: 'readOnly' },
    { name: 'tags', multiValued: true },
    { name: 'home', type: 'complex', subAttributes: [{ name: 'street' }, { name: 'floor', type: 'integer' }] },
    {
      name: 'licenses',
      type: 'complex',
      multiValued: true,
      subAttributes: [...plural, { name: 'primary', type: 'boolean' }],
    },
  ],
}
export const oktaSchema = { id: okta, attributes: [{ name: 'shoeSize', type: 'integer' }, { name: 'hatColour' }] }

export const register = (
  installation: Parameters<typeof change>[0],
  scope: Pick<TestDirectory, 'scope'>,
  schema: unknown,
  resourceType: 'User' | 'Group' = 'User',
) => change(installation, scope, (tx) => putExtensionSchema(tx, parseExtensionSchema(schema, resourceType)))

/** What of the custom attributes every answer shows. */
export const stored = {
  nickText: 'Jay',
  badgeCode: 'aB-1',
  remote: true,
  level: 3,
  rate: 1.5,
  hired: '2024-01-15T08:00:00.000000Z',
  photoBytes: 'AQID',
  desk: 'https://acme.test/desks/7',
  tags: ['red', 'Blue'],
  home: { street: 'Main St', floor: 2 },
  licenses: [
    { value: 'L1', type: 'pro', primary: true },
    { value: 'L2', type: 'basic' },
  ],
}
export const custom = { ...stored, hired: '2024-01-15T09:00:00+01:00', pin: '1337', notes: 'likes tea', grade: 'A' }

export async function startRegistered(t: Parameters<typeof startDirectory>[0], scimProfile: 'compatible' | 'strict') {
  const directory = await startDirectory(t, { scimProfile })
  await register(directory.installation, directory, contosoSchema)
  await register(directory.installation, directory, oktaSchema)
  await register(directory.installation, directory, { id: costs, attributes: [{ name: 'center' }] }, 'Group')
  return directory
}
