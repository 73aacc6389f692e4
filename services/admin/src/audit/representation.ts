import { type AuditEntryView, type AuditVerdict, auditFaults } from '@muster/repository'
import { type Static, Type } from 'typebox'
import { openObject, timestamp } from '../schema/values.ts'

const hash = Type.String({ description: 'SHA-256, in hex.' })
const sequence = Type.Integer({ description: 'Without a gap per organization, in the order of commits.' })

export const auditEntrySchema = Type.Object({
  id: Type.String(),
  organizationId: Type.String(),
  sequence,
  timestamp,
  actor: Type.Object({ kind: Type.String(), id: Type.String() }, { description: 'Who did it, such as an API key.' }),
  action: Type.String({ description: 'The kind of thing, and what was done to it.' }),
  target: Type.String({ description: 'The id of the thing.' }),
  detail: openObject,
  hash,
})

export const auditHeadSchema = Type.Object({ sequence: Type.Integer(), hash })

export const auditVerdictSchema = Type.Object({
  ok: Type.Boolean(),
  entries: Type.Integer({ description: 'How many fit, from the first on.' }),
  head: Type.Unsafe<Static<typeof auditHeadSchema> | null>({ ...auditHeadSchema, type: ['object', 'null'] }),
  broken: Type.Unsafe<{ sequence: number; fault: keyof typeof auditFaults; detail: string } | null>({
    type: ['object', 'null'],
    description: 'The first entry that does not fit.',
    properties: {
      sequence: { type: 'integer' },
      fault: { type: 'string', enum: Object.keys(auditFaults) },
      detail: { type: 'string' },
    },
    required: ['sequence', 'fault', 'detail'],
  }),
})

export function representAuditEntry(entry: AuditEntryView): Static<typeof auditEntrySchema> {
  return { ...entry, timestamp: entry.timestamp.toISOString() }
}

export function representVerdict({ entries, head, broken }: AuditVerdict): Static<typeof auditVerdictSchema> {
  return {
    ok: broken === undefined,
    entries,
    head: head ?? null,
    broken: broken === undefined ? null : { ...broken, detail: auditFaults[broken.fault] },
  }
}
