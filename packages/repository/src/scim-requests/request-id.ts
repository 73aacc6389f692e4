/** The least UUIDv7 of an instant: the ids of requests are their times of arrival, so that one index serves both. */
export function firstRequestId(instant: Date): string {
  const hex = instant.getTime().toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7000-8000-000000000000`
}

/** When a request arrived, to the millisecond. */
export function arrivalOf(requestId: string): Date {
  return new Date(Number.parseInt(requestId.replaceAll('-', '').slice(0, 12), 16))
}
