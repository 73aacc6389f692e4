import { countAudit, findAuditHead, listAudit, read, verifyAudit } from '@muster/repository'
import { Type } from 'typebox'
import type { AdminApp, AdminDeps } from '../admin-app.ts'
import { found } from '../ids.ts'
import { scopeOf } from '../request-context.ts'
import { countOf, limitParameter, listOf, pageRowsDefault } from '../schema/page.ts'
import { closed, organizationChoice, organizationQuery } from '../schema/parameters.ts'
import { auditFilters, expectation, readExpectation, readFilters } from './filters.ts'
import {
  auditEntrySchema,
  auditHeadSchema,
  auditVerdictSchema,
  representAuditEntry,
  representVerdict,
} from './representation.ts'

const tags = ['audit']
const config = { role: 'ADMIN' } as const

const after = Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$', description: '`nextCursor` of the page before.' }))

const verification = `Reads the whole trail and recomputes its chain: numbers without a gap, every hash, columns that say what was hashed, and
the head. That the end was cut off, head and all, shows only against a head that was kept elsewhere: \`expectedSequence\` and \`expectedHash\`.`

/** The audit trail of an organization, and whether it is whole. */
export function auditRoutes(app: AdminApp, deps: AdminDeps): void {
  entryRoutes(app, deps)
  chainRoutes(app, deps)
}

function entryRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/audit',
    {
      config,
      schema: {
        tags,
        operationId: 'listAudit',
        description: 'What was done to the organization and its settings, and by whom; the newest first.',
        querystring: closed({ ...organizationChoice, ...auditFilters, after, limit: limitParameter }),
        response: { 200: listOf(auditEntrySchema) },
      },
    },
    async (request) => {
      const { after, limit = String(pageRowsDefault) } = request.query
      const filters = readFilters(request.query)
      // One more than the page holds tells whether another page follows.
      const page = { before: after === undefined ? undefined : Number(after), limit: Number(limit) + 1 }
      const entries = await read(database, scopeOf(request), (reader) => listAudit(reader, filters, page))
      const data = entries.slice(0, Number(limit)).map(representAuditEntry)
      return { data, nextCursor: entries.length > data.length ? String(data.at(-1)?.sequence) : null }
    },
  )

  app.get(
    '/api/audit/count',
    {
      config,
      schema: {
        tags,
        operationId: 'countAudit',
        querystring: closed({ ...organizationChoice, ...auditFilters }),
        response: { 200: countOf },
      },
    },
    async (request) => {
      const filters = readFilters(request.query)
      return { count: await read(database, scopeOf(request), (reader) => countAudit(reader, filters)) }
    },
  )
}

function chainRoutes(app: AdminApp, { database }: AdminDeps): void {
  app.get(
    '/api/audit/head',
    {
      config,
      schema: {
        tags,
        operationId: 'getAuditHead',
        description:
          'The last link of the chain. Kept elsewhere, it proves later that the trail up to it is still the same.',
        querystring: organizationQuery,
        response: { 200: auditHeadSchema },
      },
    },
    async (request) => found(await read(database, scopeOf(request), findAuditHead)),
  )

  app.get(
    '/api/audit/verify',
    {
      config,
      schema: {
        tags,
        operationId: 'verifyAudit',
        description: verification,
        querystring: closed({ ...organizationChoice, ...expectation }),
        response: { 200: auditVerdictSchema },
      },
    },
    async (request) => {
      const expected = readExpectation(request.query)
      return representVerdict(await read(database, scopeOf(request), (reader) => verifyAudit(reader, expected)))
    },
  )
}
