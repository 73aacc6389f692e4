import type { ConnectorDefinition } from '../connector.ts'
import { assertAwsConfig } from './assert-config.ts'
import { awsConfig } from './config.ts'

/** The users and groups of AWS IAM Identity Center, by the Identity Store API. */
export const aws: ConnectorDefinition<typeof awsConfig> = {
  type: 'AWS_DIRECTORY',
  title: 'AWS IAM Identity Center',
  config: awsConfig,
  assertConfig: assertAwsConfig,
  open: async (config, context) => (await import('./aws-connector.ts')).openAws(config, context),
}
