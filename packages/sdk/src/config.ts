/** The settings of a client that was given none, where the runtime has an environment (Node, Deno, Bun). */
export interface EnvironmentSettings {
  url: string | undefined
  key: string | undefined
  organizationId: string | undefined
  secrets: readonly string[] | undefined
}

export function readEnvironment(): EnvironmentSettings {
  const environment = Object(Object(globalThis).process?.env)
  const read = (name: string): string | undefined => environment[name] || undefined
  return {
    url: read('MUSTER_URL'),
    key: read('MUSTER_KEY'),
    organizationId: read('MUSTER_ORGANIZATION'),
    secrets: read('MUSTER_SECRETS')?.split(','),
  }
}
