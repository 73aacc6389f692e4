/** The order of an `objectGUID`'s bytes in its text: the first three groups are little-endian (MS-DTYP §2.3.4.2). */
const mixedEndian = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const
const bytesOfGuid = mixedEndian.length

/** The canonical text of the 16 bytes of an `objectGUID`; undefined for another number of bytes. */
export function guidText(bytes: Buffer): string | undefined {
  if (bytes.length !== bytesOfGuid) return undefined
  const hex = Buffer.from(mixedEndian.map((index) => bytes[index] ?? 0)).toString('hex')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
