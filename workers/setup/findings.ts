/**
 * What the set-up found or did about one subject. `wrong` needs a person; with a `fatal` finding
 * the engine cannot start.
 */
export type Finding = {
  state: 'ok' | 'made' | 'note' | 'wrong' | 'fatal';
  about: string;
  /** The current state and, if it is wrong, the remedy. */
  says: string;
};

/** Formats a finding as one line for a person. */
export function lineOf({ state, about, says }: Finding): string {
  return `${words[state]}${about.padEnd(16)}  ${says}`;
}

/** Formats the last line, which counts what was changed and what is wrong. */
export function summaryOf(findings: readonly Finding[]): string {
  const count = (...states: Finding['state'][]): number =>
    findings.filter(({ state }) => states.includes(state)).length;
  const [wrong, made] = [count('wrong', 'fatal'), count('made')];
  const changed = made === 0 ? 'Nothing was changed' : `${things(made)} made or corrected`;
  const found = wrong === 0 ? 'nothing is wrong' : `${things(wrong)} wrong`;
  return `${changed}; ${found}.`;
}

const words = {
  ok: 'ok     ',
  made: 'made   ',
  note: 'note   ',
  wrong: 'WRONG  ',
  fatal: 'WRONG  ',
} satisfies Record<Finding['state'], string>;

function things(count: number): string {
  return count === 1 ? '1 thing is' : `${count} things are`;
}
