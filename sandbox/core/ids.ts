import { randomBytes } from 'node:crypto';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Creates a random id in Stripe's format, such as `tr_1...`. */
export function newId(prefix: string, length = 24): string {
  let id = '1';
  for (const byte of randomBytes(length - 1)) id += letters[byte % letters.length];
  return `${prefix}_${id}`;
}
