import { bulk, errors, preconditions } from './bulk.ts'
import { characteristics } from './characteristics.ts'
import { create } from './create.ts'
import { discovery } from './discovery.ts'
import { events } from './events.ts'
import { cursorPaging, indexPaging } from './paging.ts'
import { patch } from './patch.ts'
import type { Point, Section } from './point.ts'
import { projection } from './projection.ts'
import { filters, query, sorting } from './query.ts'
import { me, removal } from './removal.ts'
import { replace } from './replace.ts'
import { resources } from './resources.ts'
import { security } from './security.ts'
import { transport } from './transport.ts'

/** Everything that RFC 7643, 7644 and 9865 ask of a service provider, and what we ask beyond them, in order. */
export const checklist: readonly Section[] = [
  discovery,
  transport,
  resources,
  characteristics,
  create,
  query,
  filters,
  sorting,
  indexPaging,
  cursorPaging,
  projection,
  replace,
  patch,
  removal,
  me,
  bulk,
  preconditions,
  errors,
  events,
  security,
]

const places = new Map(
  checklist.flatMap((section) => section.points.map((point) => [point.number, { point, section }])),
)

/** A point with its section. Throws for a number that the checklist does not have: the corpus is wrong then. */
export function placeOf(number: number): { point: Point; section: Section } {
  const place = places.get(number)
  if (place === undefined) throw new Error(`The checklist has no point ${number}`)
  return place
}
