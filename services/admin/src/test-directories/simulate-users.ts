import { randomInt } from 'node:crypto'
import { createDirectoryUsers, deleteDirectoryUsers, type UserChoice, updateDirectoryUsers } from '@muster/repository'
import { MusterError } from '@muster/runtime/errors'
import { newUuid } from '@muster/runtime/type-ids'
import { type JsonObject, patchUser } from '@muster/scim'
import { chooseUser, lockUser, namedUser } from './chosen.ts'
import { madeUpPerson, madeUpTitle } from './made-up-people.ts'
import { patchBody, patchOf, type SimulatedValues, simulatedAttributes } from './person-attributes.ts'
import type { Scene, Simulation } from './simulation.ts'
import { type DataMember, readMembers, type SimulationData } from './simulation-data.ts'
import { newUserDocument } from './user-document.ts'

const who = { id: 'text', email: 'email' } as const
const profileMembers = ['department', 'title', 'employeeId', 'manager', 'location', 'phoneNumber', 'costCenter']

/** What can be said of a person, where a user shows it or flat, each as this kind of value. */
function valueMembers(kind: 'text' | 'nullableText') {
  const flat = Object.fromEntries([...simulatedAttributes, 'manager'].map((name) => [name, kind]))
  return { ...flat, email: 'email', profile: 'object' } as Record<string, DataMember>
}

export const userSimulations: Readonly<Record<string, Simulation>> = {
  'directory.user.created': { data: valueMembers('text'), run: createUser },
  'directory.user.updated': { data: { ...valueMembers('nullableText'), ...who }, run: updateUser },
  'directory.user.synced': { data: { ...who, rawAttributes: 'object' }, run: syncUser },
  'directory.user.deactivated': { data: who, run: (scene, data) => setActive(scene, data, false) },
  'directory.user.reactivated': { data: who, run: (scene, data) => setActive(scene, data, true) },
  'directory.user.deleted': { data: who, run: deleteUser },
}

async function createUser(scene: Scene, data: SimulationData): Promise<void> {
  const { tx, directory, dialect } = scene
  // A number that nobody has from the plan of a test directory.
  const madeUp = madeUpPerson(randomInt(10_000, 1_000_000), { domain: 'example.test', departmentCount: 1 })
  const said = valuesIn(data, 'text')
  const isNamed = ['email', 'firstName', 'lastName'].some((name) => data.has(name))
  const { firstName, lastName } = madeUp
  const values = { ...(!isNamed && { firstName, lastName }), ...said.values, email: data.text('email') ?? madeUp.email }
  const manager = await managerIn(scene, said.manager)
  const directoryUserId = newUuid()
  const document = newUserDocument(dialect, values, manager ?? undefined)
  const stored = await createDirectoryUsers(tx, directory.directoryId, [{ directoryUserId, document }])
  if (!stored.has(directoryUserId)) throw new MusterError('conflict', 'A user of the directory has this userName.')
}

/** Without an id, `email` says who; with one, it is the new address. */
async function updateUser(scene: Scene, data: SimulationData): Promise<void> {
  const { values, manager } = valuesIn(data, 'nullableText')
  const { email, ...others } = values
  const wanted = data.has('id') ? values : others
  const isAnything = manager !== undefined || Object.values(wanted).some((value) => value !== undefined)
  const said = isAnything ? wanted : { title: madeUpTitle(randomInt(1_000)) }
  const managerId = await managerIn(scene, manager)
  await changeUser(scene, data, {}, () => patchOf(said, managerId))
}

/** Without raw attributes one changes that means nothing for the person. */
async function syncUser(scene: Scene, data: SimulationData): Promise<void> {
  await changeUser(scene, data, {}, ({ preferredLanguage }) => {
    const value = data.object('rawAttributes') ?? { preferredLanguage: preferredLanguage === 'en' ? 'de' : 'en' }
    return patchBody([{ op: 'replace', value }])
  })
}

async function setActive(scene: Scene, data: SimulationData, active: boolean): Promise<void> {
  const patch = patchBody([{ op: 'replace', path: 'active', value: active }])
  await changeUser(scene, data, { active: !active }, () => patch)
}

async function deleteUser(scene: Scene, data: SimulationData): Promise<void> {
  const id = await chooseUser(scene, wordsFor(data, {}), namedIn(data))
  await deleteDirectoryUsers(scene.tx, scene.directory.directoryId, [id])
}

/** What is no change leaves the user alone, and makes no event. */
async function changeUser(
  scene: Scene,
  data: SimulationData,
  choice: Pick<UserChoice, 'active'>,
  patch: (document: JsonObject) => JsonObject,
): Promise<void> {
  const id = await chooseUser(scene, wordsFor(data, choice), { ...namedIn(data), ...choice })
  const { document: current } = await lockUser(scene, id)
  const { document, changed } = patchUser(current, patch(current), scene.dialect)
  if (!changed) return
  await updateDirectoryUsers(scene.tx, scene.directory.directoryId, [{ directoryUserId: id, document }])
}

function namedIn(data: SimulationData): UserChoice {
  return namedUser(data.text('id') ?? data.text('email'))
}

function wordsFor(data: SimulationData, { active }: Pick<UserChoice, 'active'>): string {
  const state = active === undefined ? [] : [active ? 'active' : 'inactive']
  return [...(data.has('id') || data.has('email') ? ['the one that is named'] : []), ...state].join(' and ') || 'there'
}

function valuesIn(
  data: SimulationData,
  kind: 'text' | 'nullableText',
): { values: SimulatedValues; manager: string | null | undefined } {
  const members = Object.fromEntries(profileMembers.map((name) => [name, kind]))
  const profile = readMembers('body.data.profile', data.object('profile') ?? {}, members)
  const saidOf = (name: string) =>
    data.has(name) ? data.nullableText(name) : (profile[name] as string | null | undefined)
  const values = Object.fromEntries(simulatedAttributes.map((name) => [name, saidOf(name)]))
  return { values, manager: saidOf('manager') }
}

async function managerIn(scene: Scene, manager: string | null | undefined): Promise<string | null | undefined> {
  return typeof manager === 'string' ? chooseUser(scene, 'the manager that is named', namedUser(manager)) : manager
}
