import { createHash } from 'node:crypto';

const most = 2 ** 48;

/** A pseudorandom number from 0 to below 1. Equal words always give the same number. */
export function chance(...words: (string | number)[]): number {
  return createHash('sha256').update(words.join(' ')).digest().readUIntBE(0, 6) / most;
}
