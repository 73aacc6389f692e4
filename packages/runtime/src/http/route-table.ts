import type { FastifyContextConfig, FastifyInstance } from 'fastify'

export interface KnownRoute {
  method: string
  /** The whole pattern, for example `/api/users/:id`. */
  url: string
  config: FastifyContextConfig
}

export interface RouteTable {
  readonly routes: readonly KnownRoute[]
  /** The methods that a path answers to; none when nothing is there. */
  methodsAt(path: string): string[]
}

/** Takes down every route that is registered after this call: for 405 answers and for checks over all routes. */
export function collectRoutes(app: FastifyInstance): RouteTable {
  const routes: (KnownRoute & { pattern: RegExp })[] = []
  app.addHook('onRoute', ({ method, url, config = {} }) => {
    const pattern = pathPattern(url)
    for (const one of [method].flat()) routes.push({ method: one, url, config, pattern })
  })
  return {
    routes,
    methodsAt: (path) => [...new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))],
  }
}

/** Only what our routes use: `:name` for one segment, `*` at the end for the rest. */
function pathPattern(url: string): RegExp {
  const segments = url.split('/').map((segment) => {
    if (segment.startsWith(':')) return '[^/]+'
    return segment === '*' ? '.*' : segment.replace(/[^\w-]/g, '\\$&')
  })
  return new RegExp(`^${segments.join('/')}$`)
}
