import type { FastifyContextConfig, FastifyInstance } from 'fastify'

export interface KnownRoute {
  method: string
  /** The whole pattern, for example `/api/users/:id`. */
  url: string
  config: FastifyContextConfig
}

export interface RouteTable {
  list(): KnownRoute[]
  /** The methods that a path answers to; none when nothing is there. */
  methodsAt(path: string): string[]
}

/** Takes down every route that is registered after this call: for 405 answers and for checks over all routes. */
export function collectRoutes(app: FastifyInstance): RouteTable {
  const routes: { method: string; url: string; pattern: RegExp; getConfig: () => FastifyContextConfig }[] = []
  app.addHook('onRoute', (route) => {
    const pattern = pathPattern(route.url)
    for (const method of [route.method].flat()) {
      // The configuration is read late: hooks that run after this one may still set it.
      routes.push({ method, url: route.url, pattern, getConfig: () => route.config ?? {} })
    }
  })
  return {
    list: () => routes.map(({ method, url, getConfig }) => ({ method, url, config: getConfig() })),
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
