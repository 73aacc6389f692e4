/**
 * `npm run build:sdk [-- folder]`: the SDK as it is published, plain JavaScript with types and without dependencies, in
 * packages/sdk/dist or the folder named. `npm pack` there makes the tarball.
 */
import { execFile } from 'node:child_process'
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('..', import.meta.url))
const source = resolve(root, 'packages/sdk')

interface Manifest {
  name: string
  version: string
  description: string
  license: string
  exports: Record<string, string>
}

/** What npm is told: no development dependencies, and the built file of each entry. */
function publishedManifest({ name, version, description, license, exports }: Manifest): object {
  const built = Object.entries(exports).map(([entry, file]) => {
    const path = file.replace(/^\.\/src\//, './').replace(/\.ts$/, '')
    return [entry, { types: `${path}.d.ts`, default: `${path}.js` }]
  })
  const engines = { node: '>=20.3' }
  return {
    name,
    version,
    description,
    license,
    type: 'module',
    sideEffects: false,
    engines,
    exports: Object.fromEntries(built),
  }
}

async function build(target: string): Promise<void> {
  await rm(target, { recursive: true, force: true })
  await mkdir(target, { recursive: true })
  const compiler = resolve(root, 'node_modules/typescript/bin/tsc')
  await promisify(execFile)(process.execPath, [compiler, '-p', `${source}/tsconfig.build.json`, '--outDir', target])
  const manifest: Manifest = JSON.parse(await readFile(resolve(source, 'package.json'), 'utf8'))
  await writeFile(resolve(target, 'package.json'), `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`)
  await copyFile(resolve(source, 'README.md'), resolve(target, 'README.md'))
  await copyFile(resolve(root, 'LICENSE'), resolve(target, 'LICENSE'))
}

await build(resolve(process.argv[2] ?? resolve(source, 'dist')))
