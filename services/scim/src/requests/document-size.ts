import { MusterError } from '@muster/runtime/errors'
import type { JsonObject } from '@muster/scim'

/** What one request may carry, too; many small PATCHes could otherwise make a resource that no answer should carry. */
const documentCharactersMax = 1_048_576

/**
 * The text of a document that is about to be stored.
 * @throws `payloadTooLarge` when the resource would become larger than that
 */
export function documentText(document: JsonObject): string {
  const text = JSON.stringify(document)
  if (text.length <= documentCharactersMax) return text
  throw new MusterError('payloadTooLarge', `A resource has at most ${documentCharactersMax} characters of JSON.`)
}
