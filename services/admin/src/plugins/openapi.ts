import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import { version } from '@muster/runtime/version'
import type { AdminApp } from '../admin-app.ts'
import { problemResponse } from '../schema/problem.ts'

interface Operation {
  responses?: Record<string, unknown>
}

/**
 * Describes the API by its own route schemas: OpenAPI 3.1 at `/api/openapi.json`, for readers at `/api/docs`. Both are
 * public and served from here. Routes without a tag are left out. To be registered before the routes.
 */
export async function describeApi(app: AdminApp): Promise<void> {
  await app.register(swagger, {
    hideUntagged: true,
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Muster management API', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
      components: { securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: 'muster_key_…' } } },
      security: [{ apiKey: [] }],
    },
    transformObject: (document) => {
      if (!('openapiObject' in document)) throw new Error('The description is not an OpenAPI document')
      for (const path of Object.values(document.openapiObject.paths ?? {})) addProblems(path ?? {})
      return document.openapiObject
    },
  })
  await app.register(async (pages) => {
    // Their routes come from a plugin that knows nothing of our route configuration.
    pages.addHook('onRoute', (route) => {
      route.config = { ...route.config, public: true }
    })
    await pages.register(swaggerUi, { routePrefix: '/api/docs' })
  })
  app.get('/api/openapi.json', { config: { public: true } }, async () => app.swagger())
}

/** Every operation may fail, always in the same form. */
function addProblems(path: object): void {
  for (const operation of Object.values(path) as Operation[]) {
    operation.responses = { ...operation.responses, default: problemResponse }
  }
}
