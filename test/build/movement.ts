import type { ChargeFacts } from '../../domain/earnings/coverage.ts';
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
    ofCharge: null,
    charge: null,
    payoutId: null,
    ...given,
  };
}

/** A charge of 100.00 EUR that stays at the platform as a whole. */
export function aCharge(given: Partial<ChargeFacts> = {}): ChargeFacts {
  const currency = given.currency ?? 'eur';
  const captured = given.captured ?? 100_00;
  return {
    id: 'ch_1',
    currency,
    captured,
    refunded: 0,
    settled: { amount: captured, currency },
    isFailed: false,
    isDisputed: false,
    passesOn: null,
    ...given,
  };
}
