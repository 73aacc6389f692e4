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
 * @throws `invalidValue` naming the member, also for what we could not keep: a value that is required (users who are
 *   stored already would become invalid), one that is unique (it would have to be looked for in every document)
 */
export function readCharacteristics(members: Members, isSubAttribute: boolean): Characteristics {
  const type = readKeyword(members, 'type', types) ?? 'string'
  const caseExact = readBoolean(members, 'caseExact') ?? false
  const multiValued = readBoolean(members, 'multiValued') ?? false
  if (readBoolean(members, 'required') === true) {
    throw invalid(
      placeOf(members, 'required'),
      'cannot be true: resources that are stored without the extension, and clients that send it in parts, would break',
    )
  }
  const uniqueness = readKeyword(members, 'uniqueness', uniquenesses) ?? 'none'
  if (uniqueness !== 'none') {
    throw invalid(placeOf(members, 'uniqueness'), 'must be none: uniqueness of registered attributes is not enforced')
  }
  const mutability = readKeyword(members, 'mutability', mutabilities) ?? 'readWrite'
  return {
    type,
    multiValued,
    required: false,
    caseExact: caseRules[type] === 'exact' || (caseRules[type] === 'free' && caseExact),
    mutability,
    returned: readReturned(members, mutability, isSubAttribute),
    uniqueness,
  }
}

/** What is only written is never returned (RFC 7643 §7); answers hide attributes, not parts of them. */
function readReturned(
  members: Members,
  mutability: Attribute['mutability'],
  isSubAttribute: boolean,
): Attribute['returned'] {
  const implied = mutability === 'writeOnly' ? 'never' : 'default'
  const returned = readKeyword(members, 'returned', returnedWhen) ?? implied
  if (mutability === 'writeOnly' && returned !== 'never') {
    throw invalid(placeOf(members, 'returned'), 'must be never for a writeOnly attribute')
  }
  if (isSubAttribute && (returned === 'never' || returned === 'request')) {
    throw invalid(
      placeOf(members, 'returned'),
      'must be always or default (and mutability not writeOnly) for a sub-attribute: say it of the attribute',
    )
  }
  return returned
}
