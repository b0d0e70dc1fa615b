import type { KnownFunds } from '../../domain/funding.ts';
import type { Seller } from '../../domain/sellers.ts';
import { noon } from './payout.ts';

/** A seller who can be paid and who waits for nothing. */
export function aSeller(given: Partial<Seller> = {}): Seller {
  return {
    sellerId: 'sel_0123456789abcdefghjk',
    status: 'active',
    country: 'DE',
    currency: 'eur',
    stripeAccount: 'acct_1',
    accountKnown: true,
    canReceiveTransfers: true,
    canPayOut: true,
    payoutsAreManual: true,
    requirementsDue: 0,
    movementsDue: false,
    startablePayouts: [],
    stops: [],
    lookAgainAt: null,
    parked: null,
    now: noon,
    ...given,
  };
}

/** What a seller has in euro who has earned nothing, and whom nothing keeps from being paid. */
export const emptyFunds: KnownFunds = {
  currency: 'eur',
  atPlatform: 0,
  atAccount: 0,
  notYetAvailable: 0,
  holds: [],
  isBankPaused: false,
  isConverted: false,
  lacksBank: false,
  coolsUntil: null,
  unordered: null,
  isUnread: false,
  isBehindParked: false,
  cameUnordered: 0,
};
