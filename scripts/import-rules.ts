/** Who may import whom: docs/architecture.md says the same in words. */

/** For each package the workspaces it may use; what is not listed is forbidden. */
export const allowedWorkspaces: Record<string, readonly string[]> = {
  'packages/runtime': [],
  'packages/scim': ['packages/runtime'],
  'packages/people': ['packages/runtime'],
  'packages/events': ['packages/runtime'],
  'packages/sdk': [],
  'packages/connectors': ['packages/runtime'],
  'packages/idp': ['packages/runtime', 'packages/scim'],
  'packages/conformance': ['packages/runtime', 'packages/scim'],
  'packages/repository': ['packages/runtime', 'packages/scim', 'packages/people', 'packages/events'],
  'packages/embedded-postgres': ['packages/runtime'],
  'packages/sync': ['packages/runtime', 'packages/repository', 'packages/connectors'],
  'packages/testkit': ['packages/runtime', 'packages/repository', 'packages/embedded-postgres', 'packages/connectors'],
  'packages/cli': [
    'packages/runtime',
    'packages/repository',
    'packages/embedded-postgres',
    'packages/events',
    'packages/idp',
    'packages/conformance',
  ],
  'services/scim': [
    'packages/runtime',
    'packages/scim',
    'packages/people',
    'packages/events',
    'packages/repository',
    'packages/connectors',
  ],
  'services/admin': [
    'packages/runtime',
    'packages/scim',
    'packages/people',
    'packages/events',
    'packages/repository',
    'packages/connectors',
  ],
  'services/poller': [
    'packages/runtime',
    'packages/people',
    'packages/events',
    'packages/repository',
    'packages/connectors',
    'packages/sync',
  ],
}

/** Files of the runtime that the pure packages may use: no I/O, no clock. */
export const pureRuntimeFiles = ['packages/runtime/src/errors.ts', 'packages/runtime/src/comparison-key.ts']
export const purePackages = ['packages/scim', 'packages/people']

/** Modules with one owner. */
export const exclusiveModules: Record<string, readonly string[]> = {
  pg: ['packages/repository'],
  kysely: ['packages/repository'],
  'scim-patch': ['packages/scim'],
}

/** An import that must be seen, or the tool read nothing: dependency-cruiser under a wrong TypeScript passes silently. */
export const canaries: readonly (readonly [from: string, to: string])[] = [
  ['services/scim/src/users/write.ts', 'packages/repository/src/index.ts'],
  ['packages/repository/src/database/database.ts', 'kysely'],
  ['packages/scim/src/error-body.ts', 'packages/runtime/src/errors.ts'],
]
export const modulesMin = 150
