import { Type } from 'typebox'
import { closed } from './values.ts'

const hook = { id: Type.String(), kind: Type.Enum(['before_create', 'after_create']) }

export const hookSchema = closed(hook, { description: 'An inline hook.' })

export const failingHookSchema = closed(
  { ...hook, error: Type.String({ description: 'Name of the error.' }) },
  { description: 'An inline hook.' },
)
