import type { Attribute, AttributeType } from '../attribute.ts'
import { invalid, type Members, placeOf, readBoolean, readKeyword } from './document-reader.ts'

type CaseRule = 'exact' | 'free' | 'none'

/**
 * The types of RFC 7643 §2.3, and what their case means: binaries and references always compare exactly (§2.3.6,
 * §2.3.7, erratum 6001, whatever a copied document says), text as the document says, the rest has no case.
 */
const caseRules: Record<AttributeType, CaseRule> = {
  string: 'free',
  boolean: 'none',
  decimal: 'none',
  integer: 'none',
  dateTime: 'none',
  binary: 'exact',
  reference: 'exact',
  complex: 'none',
}

const types = Object.keys(caseRules) as AttributeType[]
const mutabilities = ['readOnly', 'readWrite', 'immutable', 'writeOnly'] as const
const returnedWhen = ['always', 'never', 'default', 'request'] as const
const uniquenesses = ['none', 'server', 'global'] as const

type Characteristics = Pick<
  Attribute,
  'type' | 'multiValued' | 'required' | 'caseExact' | 'mutability' | 'returned' | 'uniqueness'
>

/**
 * The characteristics of an attribute in a schema document; what it does not say has the default of RFC 7643 §2.2.
 * `required` holds where a resource has anything of the extension, or of the complex attribute.
 * @throws `invalidValue` naming the member, also for `uniqueness`, which we could not keep: every document would have to
 *   be looked through
 */
export function readCharacteristics(members: Members): Characteristics {
  const type = readKeyword(members, 'type', types) ?? 'string'
  const caseExact = readBoolean(members, 'caseExact') ?? false
  const uniqueness = readKeyword(members, 'uniqueness', uniquenesses) ?? 'none'
  if (uniqueness !== 'none') {
    throw invalid(placeOf(members, 'uniqueness'), 'must be none: uniqueness of registered attributes is not enforced')
  }
  const mutability = readKeyword(members, 'mutability', mutabilities) ?? 'readWrite'
  return {
    type,
    multiValued: readBoolean(members, 'multiValued') ?? false,
    required: readBoolean(members, 'required') ?? false,
    caseExact: caseRules[type] === 'exact' || (caseRules[type] === 'free' && caseExact),
    mutability,
    returned: readReturned(members, mutability),
    uniqueness,
  }
}

/** What is only written is never returned (RFC 7643 §7). */
function readReturned(members: Members, mutability: Attribute['mutability']): Attribute['returned'] {
  const implied = mutability === 'writeOnly' ? 'never' : 'default'
  const returned = readKeyword(members, 'returned', returnedWhen) ?? implied
  if (mutability === 'writeOnly' && returned !== 'never') {
    throw invalid(placeOf(members, 'returned'), 'must be never for a writeOnly attribute')
  }
  return returned
}
