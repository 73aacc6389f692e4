import { type Static, Type } from 'typebox'
import { checkpointCodec } from '../checkpoint-codec.ts'
import type { GoogleConfig } from './config.ts'
import { endpointsOf } from './endpoints.ts'

const position = Type.Object({
  /** The list that is under way; `end` behind both, none between rounds. */
  phase: Type.Optional(Type.Union([Type.Literal('users'), Type.Literal('groups'), Type.Literal('end')])),
  /** The page of it that comes next. */
  pageToken: Type.Optional(Type.String()),
})

/** Where a round stands. */
export type Position = Static<typeof position>
export type Phase = NonNullable<Position['phase']>

/** Another domain, account or organizational unit is another directory, and so is what another administrator may see. */
export const positions = checkpointCodec({
  version: 1,
  position,
  readingOf: (config: GoogleConfig) => {
    const { domain, wholeCustomer, customerId, orgUnitPath, delegatedAdminEmail } = config
    return [domain, wholeCustomer, customerId, orgUnitPath, delegatedAdminEmail, endpointsOf(config).apiUrl]
  },
})
