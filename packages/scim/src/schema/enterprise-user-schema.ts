import { attribute, complexAttribute } from './attribute.ts'
import type { Schema } from './schema.ts'

/** RFC 7643 §4.3 and §8.7.1; `manager.value` is an id and compares exactly (erratum 8472). */
export const enterpriseUserSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  name: 'EnterpriseUser',
  description: 'What an enterprise keeps about a user',
  attributes: [
    attribute('string', 'employeeNumber', 'The number of the employee in the organization.'),
    attribute('string', 'costCenter', 'The cost center.'),
    attribute('string', 'organization', 'The name of the organization.'),
    attribute('string', 'division', 'The division.'),
    attribute('string', 'department', 'The department.'),
    complexAttribute('manager', "The user's manager.", [
      attribute('string', 'value', 'The id of the manager.', { caseExact: true, alias: 'managerId' }),
      attribute('reference', '$ref', 'The address of the manager.', { referenceTypes: ['User'] }),
      attribute('string', 'displayName', 'The name of the manager.', { mutability: 'readOnly' }),
    ]),
  ],
}
