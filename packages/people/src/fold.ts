/**
 * The form in which the names of groups, types and the values of filters are compared: without the white space around
 * it, in lower case. Who compares in SQL stores this form; `lower()` there knows other letters.
 */
export function fold(text: string): string {
  return text.trim().toLowerCase()
}
