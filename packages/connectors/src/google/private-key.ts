/** A key in PEM, whose ends of lines may be written as they stand in a JSON key file. */
export function privateKeyPem(text: string): string {
  return text.replaceAll('\\r', '').replaceAll('\\n', '\n').trim()
}
