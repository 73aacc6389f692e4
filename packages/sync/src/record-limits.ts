/** What is taken in of one record. Bytes of UTF-8 where an index holds the text: an entry has 2,704 at most. */
export const recordLimits = {
  idBytes: 512,
  referenceBytes: 2_048,
  nameBytes: 1_024,
  addressBytes: 1_024,
  characters: 1_048_576,
} as const

/** Whether the text has so many bytes at most; counted only when it may have more. */
export function fits(text: string, bytesMax: number): boolean {
  return text.length * 3 <= bytesMax || Buffer.byteLength(text) <= bytesMax
}
