import { open, readFile, rename } from 'node:fs/promises'
import { MusterError } from '@muster/runtime/errors'

/** Writes JSON that only its owner may read (0600). After a crash the file is the old one or the new one. */
export async function writePrivateJson(file: string, value: unknown): Promise<void> {
  const draft = `${file}.draft`
  const handle = await open(draft, 'w', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(value, undefined, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, file)
}

/**
 * Reads an object whose members are all text and include `names`; undefined when there is no such file.
 * Throws `conflict` when the file holds anything else.
 */
export async function readPrivateJson<const Name extends string>(
  file: string,
  names: readonly Name[],
): Promise<Record<Name, string> | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'))
    const texts = new Map(Object.entries(value ?? {}))
    if (names.every((name) => typeof texts.get(name) === 'string')) return value as Record<Name, string>
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new MusterError('conflict', `${file} is damaged. Restore it from a backup, or move it away to start anew.`)
}
