/**
 * The form in which types and the values of filters are compared: without the white space around it, in lower case. The
 * names of groups are compared by their `comparisonKey`, which SQL has in its columns.
 */
export function fold(text: string): string {
  return text.trim().toLowerCase()
}
