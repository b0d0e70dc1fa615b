import type { Movement } from '../../domain/reconciliation/movements.ts';

/** A line of an account's books. By default, the engine did not cause it. */
export function aMovement(type: string, net: number, given: Partial<Movement> = {}): Movement {
  return {
    id: 'txn_1',
    type,
    net,
    currency: 'eur',
    createdAt: '2026-11-23T12:00:00.000Z',
    availableOn: '2026-11-25T00:00:00.000Z',
    source: 'x_1',
    object: given.transfer ?? given.source ?? 'x_1',
    transfer: null,
    isOfCharge: false,
    charge: null,
    payoutId: null,
    ...given,
  };
}
