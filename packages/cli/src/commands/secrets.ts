import { rewrapEveryKey, rotateEverySecret } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { parseRootKeys } from '@muster/runtime/secret-box'
import type { Config } from '../config.ts'
import { openDataFolder } from '../data-folder.ts'
import { withInstallationDatabase } from '../installation-database.ts'
import { showProgress } from '../progress.ts'
import { findSecret } from '../secrets.ts'
import { print } from '../terminal.ts'

/** Wraps every organization's data keys by the current root key, the first of MUSTER_ROOT_KEYS. Throws as `rotate` does. */
export function rewrap(config: Config): Promise<void> {
  return overEveryOrganization(config, 'data keys wrapped anew', rewrapEveryKey)
}

/**
 * Gives every organization another data key and seals its secrets by that.
 * Throws `unavailable` without an installation, SecretBoxError when a root key is missing.
 */
export function rotate(config: Config, options: { force: boolean }): Promise<void> {
  return overEveryOrganization(config, 'secrets sealed anew', (database, rootKeys) =>
    rotateEverySecret(database, rootKeys, { isForced: options.force }),
  )
}

async function overEveryOrganization(config: Config, what: string, change: typeof rewrapEveryKey): Promise<void> {
  const text = await findSecret('rootKeys', await openDataFolder(config.dataDir), config)
  if (text === undefined) {
    throw new MusterError('unavailable', 'There are no root keys: set MUSTER_ROOT_KEYS as the services have it.')
  }
  await withInstallationDatabase(config, async (database) => {
    const progress = showProgress(process.stderr)
    let [organizations, changed] = [0, 0]
    for await (const done of change(database, parseRootKeys(text))) {
      organizations++
      changed += done.changed
      progress.say(`${done.organizationId}: ${changed} ${what}, ${organizations} organizations`)
    }
    progress.clear()
    print(`${changed} ${what}, of ${organizations} organizations.`)
  })
}
