export {
  type AttributeChanges,
  attributeChanges,
  type PersonAttributes,
  shapeAttributes,
} from './attributes.ts'
export { mapScimUser } from './map-scim-user.ts'
