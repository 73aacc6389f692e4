/** Nobody real: names that anybody may have, and a top-level domain that nobody can (RFC 6761 §6.2). */
const firstNames = [
  ...['Ada', 'Bruno', 'Chiara', 'Dmitri', 'Elif', 'Femi', 'Greta', 'Hiro', 'Ines', 'Jonas'],
  ...['Keiko', 'Lars', 'Maya', 'Noah', 'Olga', 'Paulo', 'Quinn', 'Rosa', 'Samir', 'Tove'],
  ...['Uma', 'Viktor', 'Wanda', 'Ximena', 'Yusuf', 'Zofia', 'Amara', 'Bjorn', 'Celeste', 'Dario'],
] as const
const lastNames = [
  ...['Abebe', 'Bauer', 'Costa', 'Dubois', 'Eriksen', 'Fischer', 'Garcia', 'Haddad', 'Ivanova', 'Jensen'],
  ...['Kaya', 'Lindqvist', 'Moreau', 'Nakamura', 'Okafor', 'Petrov', 'Quispe', 'Rossi', 'Silva', 'Tanaka'],
  ...['Ueda', 'Varga', 'Weber', 'Xu', 'Yamada', 'Zhang', 'Almeida', 'Brandt', 'Cohen'],
] as const
const locations = ['Berlin', 'Lisbon', 'Nairobi', 'Osaka', 'San Francisco'] as const

/** Departments, which are also the first groups, with what people in them are called. */
const departments = {
  Engineering: ['Software Engineer', 'Site Reliability Engineer', 'Test Engineer'],
  Product: ['Product Manager', 'Researcher'],
  Sales: ['Account Executive', 'Sales Engineer'],
  Design: ['Product Designer', 'Writer'],
  Marketing: ['Campaign Manager', 'Analyst'],
  Support: ['Support Engineer', 'Support Specialist'],
  Finance: ['Accountant', 'Controller'],
  Operations: ['Office Manager', 'Recruiter'],
} as const

export const departmentNames = Object.keys(departments) as (keyof typeof departments)[]

/** A person as attributes of the application's user. */
export interface MadeUpPerson {
  firstName: string
  lastName: string
  email: string
  department: string
  title: string
  employeeId: string
  location: string
  costCenter: string
}

/**
 * The person of this number, from 0: always the same one, of one of the first `departmentCount` departments in turn, whose
 * first person leads it. `number` stands in the address too, so that no two people share one.
 */
export function madeUpPerson(index: number, options: { domain: string; departmentCount: number }): MadeUpPerson {
  const { domain, departmentCount } = options
  const firstName = pick(firstNames, index)
  // The lists have no common divisor: a name comes again after 870 people.
  const lastName = pick(lastNames, index)
  const number = index + 1
  const department = pick(departmentNames.slice(0, departmentCount), index)
  const isHead = index < departmentCount
  return {
    firstName,
    lastName,
    email: `${firstName}.${lastName}.${number}@${domain}`.toLowerCase(),
    department,
    title: isHead ? `Head of ${department}` : pick(departments[department], Math.floor(index / departmentCount)),
    employeeId: `E${String(number).padStart(4, '0')}`,
    location: pick(locations, index),
    costCenter: `${department.slice(0, 3).toUpperCase()}-${100 + (index % departmentCount)}`,
  }
}

/** A title that somebody may get. */
export function madeUpTitle(index: number): string {
  return pick(Object.values(departments).flat(), index)
}

function pick<T>(list: readonly T[], index: number): T {
  const picked = list[index % list.length]
  if (picked === undefined) throw new RangeError('The list is empty')
  return picked
}
