import { randomBytes } from 'node:crypto'
import type { Config } from './config.ts'
import type { DataFolder } from './data-folder.ts'
import { readPrivateJson, writePrivateJson } from './private-file.ts'

/** How each secret of an installation is made. */
const generators = {
  tokenPepper: () => randomBytes(32).toString('base64url'),
  /** `id:base64`, see parseRootKeys. */
  rootKeys: () => `first:${randomBytes(32).toString('base64')}`,
  internalSecret: () => randomBytes(32).toString('base64url'),
  ownerPassword: () => randomBytes(24).toString('base64url'),
  appPassword: () => randomBytes(24).toString('base64url'),
} as const

type SecretName = keyof typeof generators
export type Secrets = Readonly<Record<SecretName, string>>

const names = Object.keys(generators) as SecretName[]

/** The secrets of this installation: from the settings where given there, else from the data folder, made once. */
export async function ensureSecrets(folder: DataFolder, config: Config): Promise<Secrets> {
  const kept = await readPrivateJson(folder.secrets, names)
  const secrets = kept ?? (Object.fromEntries(names.map((name) => [name, generators[name]()])) as Secrets)
  if (kept === undefined) await writePrivateJson(folder.secrets, secrets)
  const { tokenPepper, rootKeys, internalSecret } = config
  return {
    ...secrets,
    ...(tokenPepper && { tokenPepper }),
    ...(rootKeys && { rootKeys }),
    ...(internalSecret && { internalSecret }),
  }
}

/** One of the secrets that are also settings, without making any: undefined when the installation has none yet. */
export async function findSecret(
  name: 'tokenPepper' | 'rootKeys',
  folder: DataFolder,
  config: Config,
): Promise<string | undefined> {
  return config[name] ?? (await readPrivateJson(folder.secrets, names))?.[name]
}
