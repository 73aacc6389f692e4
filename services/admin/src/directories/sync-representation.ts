import type { Directory } from '@muster/repository'
import { toTypeId } from '@muster/runtime/type-ids'
import { type Static, Type } from 'typebox'
import { closed } from '../schema/parameters.ts'
import { nullableText, nullableTimestamp, openObject } from '../schema/values.ts'

const settings = {
  intervalMinutes: Type.Integer({
    minimum: 1,
    maximum: 10_080,
    description: 'From the end of a run to the next, about; 60 unless set.',
  }),
  fullScanHours: Type.Integer({
    minimum: 1,
    maximum: 8_760,
    description: 'Everything is read at least that often, however well reading changes goes; 24 unless set.',
  }),
  deleteAfterScans: Type.Integer({
    minimum: 1,
    maximum: 100,
    description:
      'Complete scans in a row that a user must be missing from to be deleted; 3 unless set. The first one deactivates.',
  }),
}

export const syncChanges = closed({
  intervalMinutes: Type.Optional(settings.intervalMinutes),
  fullScanHours: Type.Optional(settings.fullScanHours),
  deleteAfterScans: Type.Optional(settings.deleteAfterScans),
})

/** Checked against the schema of the connector, whose errors name the field. */
export const configDraft = Type.Unsafe<Record<string, unknown>>({
  ...openObject,
  description: 'How the directory is reached and read: docs/connectors has the fields of its type.',
})

export const configChanges = Type.Unsafe<Record<string, unknown>>({
  ...openObject,
  description:
    'Changes by field: null removes one, those that are not named stay. Pointing it at another host needs every secret anew. Everything is read anew behind it.',
})

const syncProperties = {
  ...settings,
  nextSyncAt: nullableTimestamp,
  lastSyncAt: nullableTimestamp,
  lastSyncCount: Type.Unsafe<number | null>({
    type: ['integer', 'null'],
    description: 'Users that the source had at the last sync that ended well.',
  }),
  lastFullScanAt: nullableTimestamp,
  failuresInARow: Type.Integer(),
}

const configProperties = {
  fields: openObject,
  secrets: Type.Unsafe<Record<string, true>>({
    type: 'object',
    additionalProperties: { type: 'boolean' },
    description: 'The secrets that are set. They are never shown.',
  }),
}

/** Of the view of a directory: what only those that are read have. */
export const readProperties = {
  config: Type.Unsafe<{ fields: Record<string, unknown>; secrets: Record<string, true> } | null>({
    type: ['object', 'null'],
    properties: configProperties,
    required: Object.keys(configProperties),
    description: 'What a directory is read with; null for one that is pushed to.',
  }),
  sync: Type.Unsafe<Static<ReturnType<typeof Type.Object<typeof syncProperties>>> | null>({
    type: ['object', 'null'],
    properties: syncProperties,
    required: Object.keys(syncProperties),
    description: 'How it is read, and how far that has come; null for one that is pushed to.',
  }),
  runningRunId: Type.Unsafe<string | null>({ ...nullableText, description: 'The run that waits or is under way.' }),
  openHolds: Type.Array(Type.String(), { description: 'The holds in which removals of it wait for a decision.' }),
  errorMessage: nullableText,
  errorHint: Type.Unsafe<string | null>({ ...nullableText, description: 'What can be done about the error.' }),
}

export function representReading({ config, sync, openHoldIds, errorMessage, errorHint }: Directory) {
  return {
    config: config && {
      fields: config.fields,
      secrets: Object.fromEntries(config.secrets.map((name) => [name, true as const])),
    },
    sync: sync && {
      intervalMinutes: sync.intervalMinutes,
      fullScanHours: sync.fullScanHours,
      deleteAfterScans: sync.deleteAfterScans,
      nextSyncAt: sync.nextSyncAt?.toISOString() ?? null,
      lastSyncAt: sync.lastSyncAt?.toISOString() ?? null,
      lastSyncCount: sync.lastSyncCount,
      lastFullScanAt: sync.lastFullScanAt?.toISOString() ?? null,
      failuresInARow: sync.failuresInARow,
    },
    runningRunId: sync?.runId == null ? null : toTypeId('syncRun', sync.runId),
    openHolds: openHoldIds.map((holdId) => toTypeId('hold', holdId)),
    errorMessage,
    errorHint,
  }
}
