import { MusterError } from '@muster/runtime/errors'
import { isObject, type JsonObject } from '../json.ts'
import { type MessageMembers, messageSchema } from '../message.ts'
import type { Profile } from '../profile.ts'
import { type BulkSetting, type BulkTarget, parseBulkTarget } from './bulk-target.ts'
import { withoutIdleReferences } from './postpone-references.ts'

const methods = ['POST', 'PUT', 'PATCH', 'DELETE'] as const

export type BulkMethod = (typeof methods)[number]

/** An operation whose shape is right; whether it can be done shows when it is. */
export interface BulkOperation {
  readonly kind: 'operation'
  readonly method: BulkMethod
  readonly bulkId: string | undefined
  /** Without an id for POST, with one for the others. */
  readonly target: BulkTarget
  /** The entity tag that the resource must have: an If-Match (RFC 7644 §3.7). */
  readonly version: string | undefined
  /** Empty for DELETE; a whole PatchOp for PATCH (erratum 5050). References are as the client wrote them. */
  readonly data: JsonObject
}

/** An operation that cannot even be tried, with as much of it as could be read. */
export interface RefusedOperation {
  readonly kind: 'refused'
  readonly method: BulkMethod | undefined
  readonly bulkId: string | undefined
  readonly target: BulkTarget | undefined
  readonly error: MusterError
}

export type BulkEntry = BulkOperation | RefusedOperation

/** Reads one element of `Operations`. Never throws: what is wrong with one operation is not the fault of the others. */
export function readBulkEntry(members: MessageMembers, at: string, setting: BulkSetting): BulkEntry {
  const method = readMethod(members.get('method'), setting.dialect.profile)
  const [bulkId, path, version] = ['bulkid', 'path', 'version'].map((name) => textOf(members.get(name)))
  const target = path === undefined ? undefined : parseBulkTarget(path, setting)
  const data = readData(method, members.get('data'))
  const refused = (error: MusterError): BulkEntry => ({ kind: 'refused', method, bulkId, target, error })
  if (method === undefined) {
    return refused(new MusterError('invalidSyntax', `${at}.method must be one of ${methods.join(', ')}`))
  }
  if (method === 'POST' && bulkId === undefined) return refused(notText(`${at}.bulkId`))
  if (path === undefined) return refused(notText(`${at}.path`))
  if (target === undefined) return refused(new MusterError('notFound', `${at}.path leads to nothing`))
  if ((method === 'POST') !== (target.id === undefined)) {
    return refused(new MusterError('methodNotAllowed', `${at}.path does not take ${method}`))
  }
  if (data === undefined) {
    return refused(new MusterError('invalidValue', `${at}.data must be the body of the ${method}, an object`))
  }
  if (version === undefined && !isAbsent(members.get('version'))) return refused(notText(`${at}.version`))
  const writable = method === 'PATCH' ? data : withoutIdleReferences(data, setting.dialect.types[target.type])
  return { kind: 'operation', method, bulkId, target, version, data: writable }
}

function readMethod(raw: unknown, profile: Profile): BulkMethod | undefined {
  const text = typeof raw === 'string' && profile.anyCaseOp ? raw.toUpperCase() : raw
  return methods.find((known) => known === text)
}

/** The older examples of RFC 7644 have a list of operations in the place of the PatchOp. */
function readData(method: BulkMethod | undefined, raw: unknown): JsonObject | undefined {
  if (method === 'DELETE') return {}
  if (method === 'PATCH' && Array.isArray(raw)) return { schemas: [messageSchema('PatchOp')], Operations: raw }
  return isObject(raw) ? (raw as JsonObject) : undefined
}

function textOf(raw: unknown): string | undefined {
  return typeof raw === 'string' && raw !== '' ? raw : undefined
}

function isAbsent(raw: unknown): boolean {
  return raw === undefined || raw === null || raw === ''
}

function notText(name: string): MusterError {
  return new MusterError('invalidValue', `${name} must be a string that is not empty`)
}
