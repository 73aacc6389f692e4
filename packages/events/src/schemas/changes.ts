import { type Static, type TSchema, Type } from 'typebox'
import { roleSchema } from './role.ts'
import { closed, nullableText, openObject } from './values.ts'

const textChange = closed({ from: nullableText, to: nullableText }, { title: 'TextChange' })

/** Texts of a person that may change, by the name that `changes` gives them. */
const texts = {
  email: textChange,
  firstName: textChange,
  lastName: textChange,
  username: textChange,
  department: textChange,
  title: textChange,
  employeeId: textChange,
  manager: textChange,
  location: textChange,
  phoneNumber: textChange,
  startDate: textChange,
  costCenter: textChange,
  managerId: textChange,
  directoryId: textChange,
  idpId: textChange,
}

const known = closed(
  allOptional({
    ...texts,
    roles: fromTo(Type.Array(roleSchema)),
    pinned: fromTo(Type.Array(Type.String())),
    metadata: fromTo(openObject),
  }),
)

/** What changed about a person, each with its value before and after; null stands for none. */
export const userChangesSchema = Type.Unsafe<
  Static<typeof known> & { [custom: `customAttributes.${string}`]: Static<typeof textChange> }
>({
  ...known,
  patternProperties: { '^customAttributes\\.': textChange },
  title: 'UserChanges',
  description: 'What changed about a person, each with its value before and after; null stands for none.',
})

export const groupChangesSchema = closed(allOptional({ name: fromTo(Type.String()), idpId: textChange }), {
  title: 'GroupChanges',
  description: 'What changed about a group.',
})

function fromTo<T extends TSchema>(value: T) {
  return closed({ from: value, to: value })
}

function allOptional<P extends Record<string, TSchema>>(properties: P) {
  return Type.Partial(Type.Object(properties)).properties
}
