import type { Payout } from '../../domain/payouts/states.ts';

/** A payout as tests of decisions begin with it. */
export function aPayout(given: Partial<Payout> = {}): Payout {
  return {
    payoutId: 'payout_0123456789abcdefghjk',
    sellerId: 'sel_0123456789abcdefghjk',
    currency: 'eur',
    status: 'requested',
    requestedAmount: null,
    fromPlatform: 0,
    fromAccount: 0,
    stripeAccount: null,
    transferId: null,
    arrivesAt: null,
    stripePayoutId: null,
    failureCode: null,
    bankPaused: false,
    payoutsAreManual: true,
    waitingFor: null,
    lookAgainAt: null,
    parked: null,
    unknownStep: null,
    lookUps: 0,
    watchUntil: null,
    cancelAsked: false,
    stops: [],
    othersWait: false,
    now: noon,
    ...given,
  };
}

export const noon = '2026-11-23T12:00:00.000Z';
export const before = '2026-11-23T11:59:59.999Z';
export const later = '2026-11-23T12:00:00.001Z';
