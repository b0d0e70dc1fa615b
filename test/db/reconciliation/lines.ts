import type { Movement } from '../../../domain/reconciliation/movements.ts';
import { aMovement } from '../../build/movement.ts';

let made = 0;
/** A line of an account's books, each with an id of its own and later than the one before. */
export function movement(type: string, net: number, given: Partial<Movement> = {}): Movement {
  made += 1;
  const createdAt = new Date(Date.UTC(2026, 0, 1) + made * 1000).toISOString();
  const own = { id: `txn_${made}`, createdAt, availableOn: createdAt, source: `src_${made}` };
  return aMovement(type, net, {
    ...own,
    object: given.transfer ?? given.source ?? own.source,
    ...given,
  });
}
