import { createHash } from 'node:crypto';

const most = 2 ** 48;

/** A number from 0 up to 1 that looks random and is always the same for the same words. */
export function chance(...words: (string | number)[]): number {
  return createHash('sha256').update(words.join(' ')).digest().readUIntBE(0, 6) / most;
}
