import type { Json, JsonObject } from '@muster/scim'
import type { Answer } from '../answer.ts'
import type { Subject } from '../subject.ts'
import { urns } from '../urns.ts'

/** Sends a BulkRequest. */
export function sendBulk(subject: Subject, operations: readonly JsonObject[], more: JsonObject = {}): Promise<Answer> {
  return subject.post('/Bulk', { schemas: [urns.bulk], ...more, Operations: [...operations] })
}

/** The operations of a BulkResponse; fails when it is none. */
export function operationsOf(answer: Answer): Json[] {
  answer.is(200)
  answer.satisfies('schemas', urns.bulkAnswer, (value) => Array.isArray(value) && value.includes(urns.bulkAnswer))
  const operations = answer.at('Operations')
  return Array.isArray(operations) ? operations : answer.fail('Operations', 'none')
}

/** The statuses of the operations, in their order. */
export function statusesOf(answer: Answer): string[] {
  return operationsOf(answer).map((operation) => String(Object(operation).status))
}

/** The path of what an operation was about. */
export function pathAt(answer: Answer, index: number): string {
  const location = answer.textAt(`Operations.${index}.location`)
  return /\/(?:Users|Groups)\/[^/]+$/.exec(location)?.[0] ?? answer.fail('the address of a resource', location)
}

export function creation(bulkId: string, data: JsonObject, path = '/Users'): JsonObject {
  return { method: 'POST', path, bulkId, data }
}
