/** Everything a prototype pollution could reach: the prototypes and what makes objects of them. */
const builtIns: readonly object[] = [
  ...[Object, Function, Array, String, Number, Boolean, Symbol, BigInt, RegExp, Date, Error, TypeError, Promise],
  ...[Map, Set, WeakMap, WeakSet, ArrayBuffer, Uint8Array, Proxy],
]
  .flatMap((maker) => [maker, maker.prototype])
  .concat([JSON, Math, Reflect, Object.getPrototypeOf(function* () {}), Object.getPrototypeOf([].values())])
  .filter((object) => object !== undefined)

type Snapshot = readonly (readonly [object, PropertyKey, PropertyDescriptor | undefined])[]

/** The own property descriptors of the built-ins, as they are now. */
export function snapshotBuiltIns(): Snapshot {
  return builtIns.flatMap((object) =>
    Reflect.ownKeys(object).map((key) => [object, key, Object.getOwnPropertyDescriptor(object, key)] as const),
  )
}

/** The names of the properties that are new, gone or different since a snapshot. */
export function changesSince(snapshot: Snapshot): string[] {
  const now = snapshotBuiltIns()
  const known = new Map<object, Map<PropertyKey, PropertyDescriptor | undefined>>()
  for (const [object, key, descriptor] of snapshot) {
    const own = known.get(object) ?? new Map()
    known.set(object, own.set(key, descriptor))
  }
  const changed = now.filter(([object, key, descriptor]) => {
    const own = known.get(object)
    const isSame = own?.has(key) && isSameDescriptor(own.get(key), descriptor)
    own?.delete(key)
    return !isSame
  })
  const gone = [...known.values()].flatMap((own) => [...own.keys()])
  return [...changed.map(([, key]) => key), ...gone].map(String)
}

function isSameDescriptor(left: PropertyDescriptor | undefined, right: PropertyDescriptor | undefined): boolean {
  if (!left || !right) return left === right
  const names = ['value', 'get', 'set', 'writable', 'enumerable', 'configurable'] as const
  return names.every((name) => Object.is(left[name], right[name]))
}
