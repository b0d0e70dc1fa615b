import { Stopped } from '../say.ts';

/**
 * One guard of the money: what it keeps from happening, how it is switched off, who must notice.
 */
export type Guard = {
  name: string;
  /** What happens to money without it. */
  why: string;
  file: string;
  /** Stands exactly once in the file; `to` takes its place. */
  from: string;
  to: string;
  /** Test files that go red without it, and a pattern that all the names of its tests match. */
  tests: string;
  pattern: string;
};

/**
 * The file's text with the guard switched off. Throws Stopped where it does not stand just once.
 */
export function withoutGuard(text: string, { name, file, from, to }: Guard): string {
  const [before, after, ...more] = text.split(from);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Stopped(`The guard "${name}" does not stand exactly once in ${file}: ${from}`);
  }
  return `${before}${to}${after}`;
}
