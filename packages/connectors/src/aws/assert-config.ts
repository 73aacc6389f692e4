import { refusedField } from '../config-field.ts'
import type { AwsConfig } from './config.ts'

/** How identifiers of keys begin that are of no use without their session token (IAM, "Unique identifiers"). */
const temporaryKey = /^ASIA/

/** @throws MusterError `invalidValue` naming the field and never its value */
export function assertAwsConfig(config: AwsConfig): void {
  if (temporaryKey.test(config.accessKeyId) && config.sessionToken === undefined) {
    throw refusedField('accessKeyId', 'is of temporary credentials, which are not valid without `sessionToken`')
  }
  for (const field of ['externalId', 'stsEndpoint'] as const) {
    if (config.roleArn === undefined && config[field] !== undefined)
      throw refusedField(field, 'is of no use without roleArn')
  }
  for (const field of ['endpoint', 'stsEndpoint'] as const) {
    if (config[field] !== undefined && URL.parse(config[field]) === null) {
      throw refusedField(field, 'is no address, such as "https://vpce-….vpce.amazonaws.com"')
    }
  }
}
