/**
 * What the set-up found or did about one thing. `wrong` needs a person; with what is `fatal` the
 * engine cannot even start.
 */
export type Finding = {
  state: 'ok' | 'made' | 'note' | 'wrong' | 'fatal';
  about: string;
  /** What is so; where it is wrong, also what puts it right. */
  says: string;
};

/** One line for a person. */
export function lineOf({ state, about, says }: Finding): string {
  return `${words[state]}${about.padEnd(16)}  ${says}`;
}

/** The last line: what has become of it all. */
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
