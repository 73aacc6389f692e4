import type { OktaConfig } from './config.ts'
import type { OktaSession } from './okta-session.ts'

/** An organization, and how it is read. */
export interface OktaSource {
  session: OktaSession
  config: OktaConfig
  pageSize: number
}

/** What Okta recommends, and the most that its list of users has. */
const pageSizeDefault = 200

export function oktaSource(session: OktaSession, config: OktaConfig): OktaSource {
  return { session, config, pageSize: config.pageSize ?? pageSizeDefault }
}
