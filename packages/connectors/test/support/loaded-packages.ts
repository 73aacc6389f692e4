/**
 * A process of its own: imports modules, opens connectors (each an entry of JSON: a module, or a type with its configuration), and prints after each
 * which packages have been loaded so far.
 */
import { registerHooks } from 'node:module'

const loaded = new Set<string>()
registerHooks({
  load: (url, context, next) => {
    const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1]
    if (name !== undefined) loaded.add(name)
    return next(url, context)
  },
})

interface Step {
  module?: string
  open?: { type: string; config: Record<string, unknown> }
}

for (const { module, open } of JSON.parse(process.argv[2] ?? '[]') as Step[]) {
  if (module !== undefined) await import(module)
  if (open !== undefined) await openConnector(open)
  process.stdout.write(`${JSON.stringify([...loaded].sort())}\n`)
}
process.exit()

async function openConnector({ type, config }: NonNullable<Step['open']>): Promise<void> {
  const { connectors } = await import('../../src/registry.ts')
  const definition = connectors[type as keyof typeof connectors]
  if (definition === undefined) throw new Error(`there is no connector ${type}`)
  definition.assertConfig?.(config)
  const never = () => Promise.reject(new Error('nothing is called'))
  const outbound = { post: never, send: never, addressesOf: never, assertUrl: () => undefined, close: never }
  const logger = undefined as never
  const signal = new AbortController().signal
  const connector = await definition.open(config, { outbound, logger, signal, onThrottled: () => undefined })
  await connector.close()
}
