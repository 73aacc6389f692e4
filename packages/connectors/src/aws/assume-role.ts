import { ConnectorError } from '../connector-error.ts'
import type { SourceFetch } from '../http/source-fetch.ts'
import { failureOfFault } from './aws-error.ts'
import type { AwsConfig } from './config.ts'
import { type AwsKeys, signedHeaders } from './signed-headers.ts'

const service = 'The Security Token Service'
const contentType = 'application/x-www-form-urlencoded; charset=utf-8'

/** How long the keys of a role are good for. Every role allows an hour. */
export const roleSeconds = 3_600

/**
 * The keys of a role, for an hour (AWS Security Token Service, `AssumeRole`, version 2011-06-15). One attempt.
 * @throws ConnectorError
 */
export async function assumeRole(config: AwsConfig, fetch: SourceFetch, endpoint: string): Promise<AwsKeys> {
  const { roleArn = '', externalId, region } = config
  const body = new URLSearchParams({
    Action: 'AssumeRole',
    Version: '2011-06-15',
    RoleArn: roleArn,
    RoleSessionName: 'muster',
    DurationSeconds: String(roleSeconds),
    ...(externalId !== undefined && { ExternalId: externalId }),
  }).toString()
  const posting = { host: new URL(endpoint).host, contentType, body }
  const headers = signedHeaders(posting, { keys: config, region, service: 'sts', at: new Date() })
  const answer = await fetch({ url: `${endpoint}/`, method: 'POST', headers, body })
  if (answer.status !== 200) throw failureOfFault(service, answer, { code: within(answer.body, 'Code', /^\w{1,64}$/) })
  const keys = {
    accessKeyId: within(answer.body, 'AccessKeyId', /^\w+$/),
    secretAccessKey: within(answer.body, 'SecretAccessKey', /^[\w+/=]+$/),
    sessionToken: within(answer.body, 'SessionToken', /^[\w+/=]+$/),
  }
  if (!isWhole(keys)) throw new ConnectorError('protocol', `${service} answered without keys.`)
  return keys
}

/** What stands within an element that occurs once, has no attributes and whose text needs no escapes. */
function within(xml: string, element: string, isText: RegExp): string | undefined {
  const text = xml.split(`<${element}>`)[1]?.split(`</${element}>`)[0]?.trim()
  return text !== undefined && isText.test(text) ? text : undefined
}

function isWhole(keys: Partial<AwsKeys>): keys is Required<AwsKeys> {
  return Object.values(keys).every((key) => key !== undefined)
}
