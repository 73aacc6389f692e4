import type { Expression, Step } from './expression.ts'
import { isUrnContainer, printName } from './names.ts'

/** The one way to write an expression: `parseExpression` of it is the expression again. */
export function printExpression(expression: Expression): string {
  switch (expression.kind) {
    case 'text':
      return JSON.stringify(expression.value)
    case 'number':
      return String(expression.value)
    case 'path':
      return printPath(expression.steps)
    case 'call':
      return `${expression.name}(${expression.operands.map(printExpression).join(', ')})${printSteps(expression.steps)}`
  }
}

function printPath([first, second, ...rest]: readonly Step[]): string {
  if (first?.kind !== 'member') return ''
  if (second?.kind === 'member' && isUrnContainer(first.name)) {
    return `${first.name}:${printName(second.name)}${printSteps(rest)}`
  }
  return printName(first.name) + printSteps(second === undefined ? rest : [second, ...rest])
}

function printSteps(steps: readonly Step[]): string {
  return steps.map(printStep).join('')
}

function printStep(step: Step): string {
  if (step.kind === 'member') return `.${printName(step.name)}`
  if (step.kind === 'index') return `[${step.index}]`
  return `[${printName(step.name)} eq ${JSON.stringify(step.value)}]`
}
