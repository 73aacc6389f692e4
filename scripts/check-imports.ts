/** Checks the import rules over every module, type-only imports included, and that the modules really were read. */
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import {
  allowedWorkspaces,
  canaries,
  exclusiveModules,
  modulesMin,
  purePackages,
  pureRuntimeFiles,
} from './import-rules.ts'

interface Edge {
  from: string
  to: string
  circular: boolean
  builtin: boolean
}

const result = await cruise(
  ['packages', 'services'],
  {
    exclude: { path: 'node_modules/.*/node_modules|/web/' },
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
  { extensions: ['.ts', '.js', '.json'] },
)
const { modules } = result.output as ICruiseResult
const ours = modules.filter((module) => /^(packages|services)\/[^/]+\/(src|test)\//.test(module.source))
const edges: Edge[] = ours.flatMap((module) =>
  module.dependencies.map((dependency) => ({
    from: module.source,
    to: dependency.resolved,
    circular: dependency.circular,
    builtin: dependency.dependencyTypes.includes('core'),
  })),
)

const workspaceOf = (path: string): string | undefined => /^(packages|services)\/[^/]+/.exec(path)?.[0]
const isSource = (path: string) => path.includes('/src/')

/** Each rule says what is wrong with an edge, or nothing. */
const rules: ((edge: Edge) => string | undefined)[] = [
  ({ circular, from }) => (circular && isSource(from) ? 'is part of a cycle' : undefined),
  ({ from, to }) => {
    const [source, target] = [workspaceOf(from), workspaceOf(to)]
    if (!isSource(from) || source === undefined || target === undefined || source === target) return undefined
    return allowedWorkspaces[source]?.includes(target) ? undefined : `${source} may not import ${target}`
  },
  ({ from, to }) => {
    const [source, target] = [workspaceOf(from), workspaceOf(to)]
    return target?.startsWith('services/') && source !== target ? 'nobody imports a service' : undefined
  },
  ({ from, to, builtin }) => {
    if (!isSource(from) || !purePackages.includes(workspaceOf(from) ?? '')) return undefined
    if (builtin) return 'a pure package uses no Node API'
    return to.startsWith('packages/runtime/') && !pureRuntimeFiles.includes(to)
      ? 'a pure package uses errors only'
      : undefined
  },
  ({ from, to }) => {
    const owned = Object.entries(exclusiveModules).find(([name]) =>
      new RegExp(`(^|node_modules/)(@types/)?${name}(/|$)`).test(to),
    )
    if (!isSource(from) || owned === undefined || owned[1].includes(workspaceOf(from) ?? '')) return undefined
    return `only ${owned[1].join(', ')} may import ${owned[0]}`
  },
]

const problems = edges.flatMap((edge) =>
  rules.flatMap((rule) => {
    const problem = rule(edge)
    return problem === undefined ? [] : [`${edge.from} → ${edge.to}: ${problem}`]
  }),
)
for (const [from, to] of canaries) {
  const seen = edges.some((edge) => edge.from === from && (edge.to === to || edge.to.includes(`node_modules/${to}/`)))
  if (!seen) problems.push(`${from} → ${to} was not seen: the tool does not read our imports`)
}
if (ours.length < modulesMin) problems.push(`only ${ours.length} modules were read, at least ${modulesMin} are there`)
for (const workspace of new Set(ours.map((module) => workspaceOf(module.source) ?? ''))) {
  if (allowedWorkspaces[workspace] === undefined) problems.push(`${workspace} has no import rules`)
}

for (const problem of problems) process.stdout.write(`${problem}\n`)
process.stdout.write(`${ours.length} modules, ${edges.length} imports, ${problems.length} problems\n`)
process.exitCode = problems.length === 0 ? 0 : 1
