import { fold } from '../fold.ts'
import type { Expression, Step } from './expression.ts'
import { findFunction } from './functions.ts'
import { type Evaluator, memberOf, textOf } from './value.ts'

/** Turns an expression into a function of the document, once; evaluating it is linear in the document. */
export function compileExpression(expression: Expression): Evaluator {
  switch (expression.kind) {
    case 'text':
    case 'number': {
      const { value } = expression
      return () => value
    }
    case 'path':
      return compileSteps(expression.steps, (document) => document)
    case 'call':
      return compileSteps(expression.steps, compileCall(expression))
  }
}

function compileCall({ name, operands }: Expression & { kind: 'call' }): Evaluator {
  const facts = findFunction(name)
  if (facts === undefined) return () => undefined
  const kindAt = (at: number) => facts.parameters[at] ?? facts.parameters.at(-1)
  const values = operands.filter((_, at) => kindAt(at) === 'value')
  return facts.make({
    operands: values.map(compileExpression),
    isFixed: values.map((operand) => operand.kind === 'text'),
    texts: operands.flatMap((operand, at) => (operand.kind === 'text' && kindAt(at) !== 'value' ? operand.value : [])),
    number: operands.find((operand) => operand.kind === 'number')?.value ?? 0,
  })
}

function compileSteps(steps: readonly Step[], start: Evaluator): Evaluator {
  return steps.reduce<Evaluator>((before, step) => {
    const go = compileStep(step)
    return (document) => go(before(document))
  }, start)
}

/** On a list, a member is that of each element; the values of lists come together in one. */
function compileStep(step: Step): Evaluator {
  if (step.kind === 'member') {
    const { name } = step
    return (value) =>
      Array.isArray(value) ? value.flatMap((element) => memberOf(element, name) ?? []) : memberOf(value, name)
  }
  const elementsOf = (value: unknown) => (Array.isArray(value) ? value : [value])
  if (step.kind === 'index') return (value) => elementsOf(value).at(step.index)
  const wanted = fold(String(step.value))
  return (value) =>
    elementsOf(value).filter((element) => {
      const text = textOf(memberOf(element, step.name))
      return text !== undefined && fold(text) === wanted
    })
}
