import { type JsonObject, parseSelection, parseUser, project, selectionAfterWrite } from '@muster/scim'
import t from 'tap'
import { siteDialects, siteSchema } from './support/site-schemas.ts'

const { compatible } = siteDialects
const { user } = compatible.types
const core = 'urn:ietf:params:scim:schemas:core:2.0:User'
const urn = siteSchema.id
const desk = { place: 'left', hint: 'near the door', value: '7' }
const resource: JsonObject = {
  ...parseUser({ userName: 'jane', [urn]: { floor: 1, note: 'n', desk } }, compatible),
  id: 'x',
}
const always = { schemas: [core], id: 'x' }
const siteShown = (selection: Parameters<typeof project>[1]) => project(resource, selection, user)[urn]
const select = (parameters: Parameters<typeof parseSelection>[0]) => parseSelection(parameters, user)

t.test('#39 #76 what is shown on request is shown when it is named', async (t) => {
  const { hint: _, ...plain } = desk
  t.not(select({}).kind, 'default', 'the stored text would show too much')
  t.same(siteShown(select({})), { floor: 1, desk: plain })
  t.same(siteShown(select({ excludedAttributes: 'userName' })), { floor: 1, desk: plain })
  t.same(siteShown(select({ attributes: `${urn}:note` })), { note: 'n' })
  t.same(siteShown(select({ attributes: `${urn}:desk.hint` })), { desk: { hint: 'near the door', value: '7' } })
  t.same(siteShown(select({ attributes: `${urn}:desk` })), { desk })
  t.same(siteShown(select({ attributes: urn })), { floor: 1, note: 'n', desk }, 'all of an extension')
  t.same(siteShown(select({ excludedAttributes: `${urn}:desk.value,${urn}:note` })), { floor: 1, desk: plain })
  t.same(project({ ...resource, [urn]: { note: 'n' } }, select({}), user), {
    ...always,
    userName: 'jane',
    active: true,
  })
  const leaked = { ...resource, [urn]: { pin: '1', desk: { lock: '2', place: 'p' } } }
  t.same(project(leaked, select({ attributes: `${urn}:pin,${urn}:desk` }), user)[urn], { desk: { place: 'p' } })
})

t.test('#39 #47 what the body of a write specified is shown although it is shown on request only', async (t) => {
  const after = (body: unknown, parameters = {}) =>
    siteShown(selectionAfterWrite(select(parameters), body, user, compatible)) as JsonObject
  const operations = (...list: object[]) => ({ Operations: list })
  t.equal(after({ userName: 'jane', [urn]: { note: 'n' } }).note, 'n', 'POST and PUT')
  t.equal(after({ userName: 'jane', [urn]: { floor: 1 } }).note, undefined)
  t.equal(after({ userName: 'jane', [`${urn}:note`.toUpperCase()]: 'n' }).note, 'n')
  t.equal(after(operations({ op: 'replace', path: `${urn}:note`, value: 'n' })).note, 'n', 'PATCH')
  t.equal(after({ operations: [{ op: 'replace', value: { [urn]: { note: 'n' } } }] }).note, 'n')
  t.same(after(operations({ op: 'add', path: `${urn}:desk`, value: { hint: 'x' } })).desk, desk, 'a part in a value')
  t.same(after(operations({ op: 'add', path: `${urn}:desk.hint`, value: 'x' })).desk, desk, 'a part by path')
  t.same(after(operations({ op: 'add', path: 'title', value: 'x' })).desk, { place: 'left', value: '7' })
  const body = { userName: 'jane', [urn]: { note: 'n' } }
  t.equal(after(body, { excludedAttributes: `${urn}:note` }).note, undefined, 'unless it is excluded')
  t.equal(after(body, { attributes: `${urn}:floor` }).note, undefined, 'or others are asked for')
  t.equal(selectionAfterWrite({ kind: 'default' }, body, user, compatible).kind, 'except')
  t.same(selectionAfterWrite(select({}), [], user, compatible), select({}))
})

t.test('#77 the parts of an attribute, by any of its names', async (t) => {
  t.same(project(resource, select({ attributes: `${core}:USERNAME,nope` }), user), { ...always, userName: 'jane' })
  t.same(siteShown(select({ attributes: 'desk.PLACE' })), { desk: { place: 'left', value: '7' } }, 'without its URN')
  t.equal(siteShown(select({ excludedAttributes: urn.toUpperCase() })), undefined)
})
