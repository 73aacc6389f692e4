/**
 * Run after `npm install` where the registry lacks packages for platforms other than this one (`npm run lock` does both).
 * npm leaves such optional packages out of package-lock.json, and `npm ci` then refuses the file everywhere. This adds
 * what is missing: version, platform and "optional", as npm itself would, without an integrity that nobody here can know.
 */
import { readFileSync, writeFileSync } from 'node:fs'

interface LockedPackage {
  version?: string
  dev?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
  optionalDependencies?: Record<string, string>
}

const systems = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32', 'windows'] as const
const processors = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'] as const

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, LockedPackage> }
const added: string[] = []

for (const locked of Object.values(lock.packages)) {
  for (const [name, range] of Object.entries(locked.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`
    const os = systems.find((system) => name.includes(system))
    const cpu = processors.find((processor) => name.includes(processor))
    if (lock.packages[path] !== undefined || os === undefined || cpu === undefined) continue
    lock.packages[path] = {
      version: range.replace(/^[~^]/, ''),
      cpu: [cpu],
      ...(locked.dev && { dev: true }),
      optional: true,
      os: [os === 'windows' ? 'win32' : os],
    }
    added.push(path)
  }
}

lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([left], [right]) => (left < right ? -1 : 1)))
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
process.stdout.write(`${added.length} entries added\n`)
