import { newSigningSecret } from '@muster/events'
import type { DataFolder } from '../data-folder.ts'
import { readPrivateJson, writePrivateJson } from '../private-file.ts'

/** The secret that `muster listen` signs with: always the same one in a data folder, so that it can be configured once. */
export async function ensureListeningSecret(folder: DataFolder): Promise<string> {
  const kept = await readPrivateJson(folder.listening, ['signingSecret'])
  const signingSecret = kept?.signingSecret ?? newSigningSecret()
  if (kept === undefined) await writePrivateJson(folder.listening, { signingSecret })
  return signingSecret
}
