import { MusterError } from '@muster/runtime/errors'

/**
 * What one request may carry, too; one operation of a bulk request, or many small PATCHes, could otherwise make a resource
 * that no answer should carry.
 */
const documentCharactersMax = 1_048_576

/** Checks the JSON text of a document that is about to be stored. @throws `payloadTooLarge` for more than 1 Mi characters */
export function checkDocumentSize(documentText: string): void {
  if (documentText.length <= documentCharactersMax) return
  throw new MusterError('payloadTooLarge', `A resource has at most ${documentCharactersMax} characters of JSON.`)
}
