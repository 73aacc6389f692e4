import { createHash } from 'node:crypto'
import type { SourceGroup, SourceUser } from '@muster/connectors'
import type { StagedProblem, StagedRecord } from '@muster/repository'
import { comparisonKey } from '@muster/runtime/comparison-key'
import { canonicalJson, isStorable } from './canonical-json.ts'
import { fits, recordLimits } from './record-limits.ts'

/** Why a record cannot be taken in, in the order in which it is asked. */
const flaws: Readonly<Record<string, { detail: string; isIn(record: SourceUser | SourceGroup): boolean }>> = {
  userNameMissing: {
    detail: 'The user has no userName.',
    isIn: (record) => record.kind === 'user' && record.userName.trim() === '',
  },
  nameMissing: {
    detail: 'The group has no name.',
    isIn: (record) => record.kind === 'group' && record.name.trim() === '',
  },
  nameTooLong: {
    detail: `A name has more than ${recordLimits.nameBytes} bytes.`,
    isIn: (record) => namesOf(record).some((name) => !fits(name, recordLimits.nameBytes)),
  },
  addressTooLong: {
    detail: `An address has more than ${recordLimits.addressBytes} bytes.`,
    isIn: (record) =>
      record.kind === 'user' && record.emails.some(({ value }) => !fits(value, recordLimits.addressBytes)),
  },
  referenceTooLong: {
    detail: `What others refer to it by has more than ${recordLimits.referenceBytes} bytes.`,
    isIn: ({ references = [] }) => references.some((reference) => !fits(reference, recordLimits.referenceBytes)),
  },
}

/** A user or group on its way to the stage; or what is wrong with it. */
export function toStagedRecord(record: SourceUser | SourceGroup): StagedRecord | StagedProblem {
  const { kind, id: sourceId } = record
  const problem = (code: string, detail: string): StagedProblem => ({ kind, sourceId, code, detail })
  for (const [code, { detail, isIn }] of Object.entries(flaws)) if (isIn(record)) return problem(code, detail)
  const { references = [], ...said } = withoutKey(record)
  // What a round says of members is no content of the group.
  const content = canonicalJson({ ...said, references, members: undefined })
  if (content === undefined) {
    return problem('textNotStorable', 'It holds a NUL character, half a surrogate pair, or is nested too deeply.')
  }
  if (content.length > recordLimits.characters) {
    return problem('recordTooLarge', `It has more than ${recordLimits.characters} characters of JSON.`)
  }
  return {
    kind,
    sourceId,
    effect: 'upsert',
    hash: hashOf(`${kind} ${content}`),
    ...(record.kind === 'user' && { nameKey: comparisonKey(record.userName) }),
    referenceKeys: references.map(comparisonKey),
    said: said as NonNullable<StagedRecord['said']>,
  }
}

/** Whether a record can be named by the text: in the database, and in an index of it. */
export function isUsableId(id: unknown): id is string {
  return typeof id === 'string' && id !== '' && isStorable(id) && fits(id, recordLimits.idBytes)
}

function withoutKey(record: SourceUser | SourceGroup) {
  const { kind: _kind, id: _id, ...rest } = record
  return rest
}

function namesOf(record: SourceUser | SourceGroup): string[] {
  return record.kind === 'group' ? [record.name] : [record.userName, record.displayName ?? '']
}

/** The first 128 bits of SHA-256, written as a UUID. */
function hashOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')
}
