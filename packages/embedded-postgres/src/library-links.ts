import { lstat, readFile, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { MusterError } from '@muster/runtime/errors'

interface LinkEntry {
  source: string
  target: string
}

/**
 * Creates the shared-library links that an npm package cannot carry. The package makes them in an install script,
 * which newer npm skips, and without them initdb dies on a missing library. Several processes may do it at once:
 * whoever comes second finds the link and is content.
 *
 * `nativeDir` is the folder above `bin`; without a `pg-symlinks.json` (a system Postgres) there is nothing to do.
 * Errors: `unavailable` when a link is missing and cannot be made.
 */
export async function createLibraryLinks(nativeDir: string): Promise<void> {
  const text = await readFile(join(nativeDir, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const entries = JSON.parse(text) as LinkEntry[]
  await Promise.all(entries.map((entry) => createLink(nativeDir, entry)))
}

async function createLink(nativeDir: string, { source, target }: LinkEntry): Promise<void> {
  // Paths in the list are relative to the package, whose binaries sit in `native`.
  const link = join(nativeDir, relative('native', target))
  if (await lstat(link).catch(() => undefined)) return
  try {
    await symlink(relative(dirname(target), source), link)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return
    throw new MusterError(
      'unavailable',
      `The Postgres library link ${link} is missing and cannot be created. Make that folder writable once, or run ` +
        '`npm rebuild` as the user who installed the packages.',
      { cause },
    )
  }
}
