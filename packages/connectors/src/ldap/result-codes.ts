import { ConnectorError, type ConnectorFailure } from '../connector-error.ts'

/** What was asked of the server when it answered with a code. */
export type LdapOperation = 'bind' | 'search' | 'startTls' | 'whoAmI'

interface ResultCode {
  name: string
  failure: ConnectorFailure
  says: string
  /** Where the code means something else. */
  during?: Partial<Record<LdapOperation, ConnectorFailure>>
}

/** What the result codes mean for somebody who reads (RFC 4511 appendix A.2). */
const resultCodes: Readonly<Record<number, ResultCode>> = {
  1: { name: 'operationsError', failure: 'protocol', says: 'an internal error, or no bind was seen' },
  2: {
    name: 'protocolError',
    failure: 'protocol',
    says: 'it did not understand',
    during: { startTls: 'configuration' },
  },
  3: { name: 'timeLimitExceeded', failure: 'incomplete', says: 'its time limit for a search was reached' },
  4: { name: 'sizeLimitExceeded', failure: 'incomplete', says: 'its limit of entries for a search was reached' },
  7: { name: 'authMethodNotSupported', failure: 'configuration', says: 'it does not accept a simple bind' },
  8: { name: 'strongerAuthRequired', failure: 'configuration', says: 'it wants TLS (ssl or startTls)' },
  10: { name: 'referral', failure: 'incomplete', says: 'the base is held by another server' },
  11: { name: 'adminLimitExceeded', failure: 'incomplete', says: 'an administrative limit was reached' },
  12: { name: 'unavailableCriticalExtension', failure: 'configuration', says: 'it does not know a control' },
  13: { name: 'confidentialityRequired', failure: 'configuration', says: 'it wants TLS (ssl or startTls)' },
  18: { name: 'inappropriateMatching', failure: 'configuration', says: 'a filter compares as it cannot' },
  32: {
    name: 'noSuchObject',
    failure: 'configuration',
    says: 'the base does not exist, or the account may not see it',
    during: { bind: 'credentials' },
  },
  34: {
    name: 'invalidDNSyntax',
    failure: 'configuration',
    says: 'a distinguished name is not valid',
    during: { bind: 'credentials' },
  },
  48: { name: 'inappropriateAuthentication', failure: 'credentials', says: 'the account cannot bind by a password' },
  49: { name: 'invalidCredentials', failure: 'credentials', says: 'the account or its password is wrong' },
  50: { name: 'insufficientAccessRights', failure: 'permission', says: 'the account may not read this' },
  51: { name: 'busy', failure: 'unavailable', says: 'it is busy' },
  52: { name: 'unavailable', failure: 'unavailable', says: 'it is shutting down, or not up yet' },
  53: {
    name: 'unwillingToPerform',
    failure: 'unavailable',
    says: 'it refuses at the moment',
    during: { bind: 'credentials' },
  },
  54: { name: 'loopDetect', failure: 'configuration', says: 'its tree refers to itself' },
  71: { name: 'affectsMultipleDSAs', failure: 'incomplete', says: 'several servers hold what was asked for' },
  80: { name: 'other', failure: 'unavailable', says: 'it failed inside' },
}

/** Why Active Directory refuses a bind: what stands behind `data` in its answer to code 49 (Win32 error codes, in hex). */
const bindRefusals: Readonly<Record<string, string>> = {
  '525': 'there is no such account',
  '52e': 'the account or its password is wrong',
  '530': 'the account may not log on at this time',
  '531': 'the account may not log on from here',
  '532': 'the password has expired',
  '533': 'the account is disabled',
  '701': 'the account has expired',
  '773': 'the password must be changed first',
  '775': 'the account is locked',
}

/**
 * The failure behind a result code. Of what the server says beside it only the known reasons of Active Directory are
 * used: the rest may name entries, which are persons.
 */
export function failureOfCode(status: number, message: string, operation: LdapOperation): ConnectorError {
  const code = resultCodes[status]
  const failure = code?.during?.[operation] ?? code?.failure ?? 'protocol'
  const [, data = ''] = /\bdata ([0-9a-f]{3,})\b/i.exec(message) ?? []
  const says =
    (status === 49 && bindRefusals[data.toLowerCase()]) || code?.says || 'a code without meaning for a reader'
  return new ConnectorError(
    failure,
    `The server answered ${operation} with ${status} ${code?.name ?? ''}: ${says}.`.replace('  ', ' '),
  )
}
