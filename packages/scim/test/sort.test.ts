import { groupResourceType, parseSort, pathName, profiles, userResourceType } from '@muster/scim'
import t from 'tap'
import { refuses } from './refuses.ts'

const { compatible, strict } = profiles
const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

t.test('#66 sortBy and sortOrder', async (t) => {
  for (const [sortBy, sortOrder, name, descending] of [
    ['userName', undefined, 'userName', false],
    ['USERNAME', 'Descending', 'userName', true],
    ['name.familyName', 'ASCENDING', 'name.familyName', false],
    ['emails', undefined, 'emails.value', false],
    ['emails.type', undefined, 'emails.type', false],
    ['meta.lastModified', 'descending', 'meta.lastModified', true],
    [`${enterprise}:manager`, undefined, `${enterprise}:manager.value`, false],
    ['schemas', undefined, 'schemas', false],
  ] as const) {
    const sort = parseSort({ sortBy, sortOrder }, userResourceType, strict)
    t.same([sort && pathName(sort.attribute), sort?.descending], [name, descending], sortBy)
  }
  t.equal(parseSort({ sortOrder: 'descending' }, userResourceType, strict), undefined)
  refuses(t, () => parseSort({ sortBy: 'userName', sortOrder: 'down' }, userResourceType, compatible), 'invalidValue')
  refuses(t, () => parseSort({ sortOrder: '' }, userResourceType, compatible), 'invalidValue', /sortOrder/)
  refuses(t, () => parseSort({ sortBy: 'name' }, userResourceType, compatible), 'invalidValue', /sub-attribute/)
  refuses(t, () => parseSort({ sortBy: 'password' }, userResourceType, compatible), 'invalidValue', /secret/)
})

t.test('#66 an attribute that nobody has gives no order', async (t) => {
  for (const sortBy of ['shoeSize', 'name.nope', enterprise, '', '__proto__', 'members']) {
    t.equal(parseSort({ sortBy }, userResourceType, compatible), undefined, sortBy)
    refuses(t, () => parseSort({ sortBy }, userResourceType, strict), 'invalidValue', /not known/)
  }
  const both = { alsoKnown: [groupResourceType] }
  t.equal(parseSort({ sortBy: 'members' }, userResourceType, strict, both), undefined)
  refuses(t, () => parseSort({ sortBy: 'shoeSize' }, userResourceType, strict, both), 'invalidValue')
})
