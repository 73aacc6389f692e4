const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const characters = 26
const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Writes a UUID as a TypeID (`prefix_` and 26 base32 characters); undefined if the text is not a UUID. */
export function typeId(prefix: string, uuid: string): string | undefined {
  if (!uuidForm.test(uuid)) return undefined
  let rest = BigInt(`0x${uuid.replaceAll('-', '')}`)
  let text = ''
  for (let index = 0; index < characters; index++) {
    text = alphabet.charAt(Number(rest & 31n)) + text
    rest >>= 5n
  }
  return `${prefix}_${text}`
}
