import { open, readFile, rename } from 'node:fs/promises'

/** The value kept in a file, or undefined when there is no such file. */
export async function readKeptValue(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Keeps a value in a file only its owner may read; after a crash the file holds the old value or the new one. */
export async function keepValue(file: string, value: string): Promise<void> {
  const draft = `${file}.draft`
  const handle = await open(draft, 'w', 0o600)
  try {
    await handle.writeFile(`${value}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, file)
}
