import { Stopped } from '../say.ts';
import type { Guard } from './list.ts';

/** The file's text with the guard switched off. Throws Stopped where it does not stand just once. */
export function withoutGuard(text: string, { name, file, from, to }: Guard): string {
  const [before, after, ...more] = text.split(from);
  if (before === undefined || after === undefined || more.length > 0) {
    throw new Stopped(`The guard "${name}" does not stand exactly once in ${file}: ${from}`);
  }
  return `${before}${to}${after}`;
}
