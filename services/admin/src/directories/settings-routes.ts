import { parseMapping, parseSyncFilters } from '@muster/people'
import {
  findDirectory,
  listAttributePaths,
  type MappingTrial,
  previewSettings,
  read,
  type SettingsChange,
  tryMapping,
} from '@muster/repository'
import { toTypeId } from '@muster/runtime/type-ids'
import { type Static, Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found, uuidOf } from '../ids.ts'
import { scopeOf } from '../request-context.ts'
import { closed, idParams, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { nullableText } from '../schema/values.ts'
import {
  attributeChangesSchema,
  impactSchema,
  previewMilliseconds,
  previewTimeout,
  representImpact,
} from '../settlements/impact.ts'
import { directoryPreview, mappingSchema } from './representation.ts'

const tags = ['directories']
const limits = { deadlineMilliseconds: previewMilliseconds }
const parts = { tags, params: idParams, querystring: organizationQuery }

const sampleDefault = 20
const trialDraft = closed({
  ...organizationChoice,
  mapping: mappingSchema,
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 100, description: `Users in the sample; ${sampleDefault} unless set.` }),
  ),
})

const trialSchema = Type.Object({
  users: Type.Integer({ description: 'Users that were looked at.' }),
  differing: Type.Integer({ description: 'Those of them who would provide something else.' }),
  attributes: Type.Record(
    Type.String(),
    Type.Object({ changed: Type.Integer(), gained: Type.Integer(), lost: Type.Integer() }),
    { description: 'Attribute → the users of whom it would be another, new, or gone.' },
  ),
  sample: Type.Array(
    Type.Object({
      directoryUserId: Type.String({ description: 'As SCIM shows it.' }),
      userId: nullableText,
      userName: nullableText,
      changes: attributeChangesSchema,
    }),
  ),
  isComplete: Type.Boolean({ description: 'False: there was no time to look at all.' }),
})

const attributesSchema = Type.Object({
  documents: Type.Integer({ description: 'Documents that were looked at: the first 1,000.' }),
  paths: Type.Array(
    Type.Object({
      expression: Type.String(),
      documents: Type.Integer({ description: 'In how many of them it finds a text.' }),
    }),
    { description: 'What a mapping can be written with, the most frequent first.' },
  ),
})

/** The settings in the body of a change or a preview. @throws `invalidValue` naming the setting, and the position in it */
export function directorySettings(
  directoryId: string,
  { mapping, syncFilters }: Static<typeof directoryPreview>,
): SettingsChange {
  return {
    directoryId,
    mapping: mapping && parseMapping(mapping),
    syncFilters: syncFilters && parseSyncFilters(syncFilters),
  }
}

/** What settings of a directory would do, and what helps to write them. Nothing is changed. */
export function directorySettingsRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.post(
    '/api/directory/:id/preview',
    {
      handlerTimeout: previewTimeout,
      config: { role: 'ADMIN' },
      schema: {
        ...parts,
        operationId: 'previewDirectory',
        description: 'What a change of filters or mapping would do to people. Changes nothing.',
        body: directoryPreview,
        response: { 200: impactSchema },
      },
    },
    async (request) => {
      const change = directorySettings(uuidOf('directory', request.params.id), request.body)
      return representImpact(found(await previewSettings(database, scopeOf(request), change, limits)))
    },
  )

  app.post(
    '/api/directory/:id/mapping/test',
    {
      handlerTimeout: previewTimeout,
      config: { role: 'ADMIN' },
      schema: {
        ...parts,
        operationId: 'testMapping',
        description:
          'Applies a draft of a mapping to the stored users of the directory: what they would provide instead. Changes nothing.',
        body: trialDraft,
        response: { 200: trialSchema },
      },
    },
    async (request) => {
      const { mapping, limit = sampleDefault } = request.body
      const draft = { directoryId: uuidOf('directory', request.params.id), mapping: parseMapping(mapping) }
      return representTrial(found(await tryMapping(database, scopeOf(request), draft, { ...limits, sampleMax: limit })))
    },
  )

  app.get(
    '/api/directory/:id/attributes',
    {
      config: { role: 'VIEWER' },
      schema: {
        ...parts,
        operationId: 'listAttributePaths',
        description: 'What the stored documents of the directory hold, as expressions for a mapping.',
        response: { 200: attributesSchema },
      },
    },
    async (request) => {
      const directoryId = uuidOf('directory', request.params.id)
      return read(database, scopeOf(request), async (reader) => {
        found(await findDirectory(reader, directoryId))
        return listAttributePaths(reader, directoryId)
      })
    },
  )
}

function representTrial(trial: MappingTrial): Static<typeof trialSchema> {
  const sample = trial.sample.map((one) => ({ ...one, userId: one.userId && toTypeId('user', one.userId) }))
  return { ...trial, sample }
}
