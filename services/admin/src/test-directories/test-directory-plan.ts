import { departmentNames, type MadeUpPerson, madeUpPerson } from './made-up-people.ts'

interface PlannedPerson {
  attributes: MadeUpPerson
  /** The person (by position, always one before) who leads the department, or all of them; undefined at the top. */
  manager: number | undefined
}

interface PlannedGroup {
  name: string
  /** By position. */
  members: number[]
}

/** What is in a test directory of this size: always the same. */
export interface TestDirectoryPlan {
  people: PlannedPerson[]
  groups: PlannedGroup[]
}

/** Groups that are no departments have every n-th person, beginning elsewhere each, but not more than so many. */
const projects = { share: 5, peopleMax: 50 } as const

/**
 * The first groups are departments and have everybody between them; the others are projects across them. The first person
 * leads everything, the first one of each department leads that.
 */
export function planTestDirectory(size: { users: number; groups: number; domain: string }): TestDirectoryPlan {
  const departmentCount = Math.min(Math.max(size.groups, 1), departmentNames.length)
  const people = Array.from({ length: size.users }, (_, index) => ({
    attributes: madeUpPerson(index, { domain: size.domain, departmentCount }),
    manager: managerOf(index, departmentCount),
  }))
  const groups = Array.from({ length: size.groups }, (_, place) => {
    const department = departmentNames[place]
    return department === undefined
      ? { name: `Project ${place - departmentNames.length + 1}`, members: projectMembers(size.users, place) }
      : {
          name: department,
          members: people.flatMap(({ attributes }, at) => (attributes.department === department ? [at] : [])),
        }
  })
  return { people, groups }
}

function managerOf(index: number, departmentCount: number): number | undefined {
  if (index === 0) return undefined
  return index < departmentCount ? 0 : index % departmentCount
}

function projectMembers(users: number, place: number): number[] {
  const count = Math.min(Math.ceil(users / projects.share), projects.peopleMax)
  const first = place * projects.peopleMax * projects.share + place
  return Array.from({ length: count }, (_, at) => (first + at * projects.share) % users)
}
