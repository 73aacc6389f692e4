/** `make bench` runs every benchmark of this folder, `make bench BENCH=name` one. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'

const all = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && file !== 'run.ts')
  .map((file) => file.replace(/\.ts$/, ''))
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !all.includes(name))
if (unknown.length > 0) {
  process.stderr.write(`There is no benchmark ${unknown.join(', ')}; there are ${all.join(', ')}\n`)
  process.exit(2)
}
for (const name of wanted.length > 0 ? wanted : all) {
  process.stdout.write(`\n# ${name}\n`)
  const { status } = spawnSync(process.execPath, [`${import.meta.dirname}/${name}.ts`], { stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}
