import type { DiscrepancyId, PayoutId, SellerId } from '../ids.ts';
import type { Money } from '../money.ts';
import {
  type PayoutPark,
  payoutParkOf,
  type SellerPark,
  sellerParkOf,
} from '../parking/reasons.ts';
import { type Cause, causes } from '../reconciliation/discrepancies.ts';
import { closingOf } from '../reconciliation/words.ts';
import type { MoneyStep } from '../stripe.ts';
import type { BulkCommand, Inapplicable } from './bulk.ts';

/** What a command for many does to each of them. */
export const bulkWords: Record<BulkCommand, string> = {
  retry: 'Payouts and sellers whose cause is removed go on, as by their own `retry`',
  cancel: 'Payouts that Stripe refused are called off, as by their own `cancel`',
  'release-hold': 'The holds that were placed with a difference are released',
  'resume-bank-account':
    'Paused bank accounts of the seller, in the currency that waits, may be paid to again',
  'pause-seller': 'No payout of the seller starts any more',
  'resume-seller': 'Payouts of the seller may start again',
};

/** Why a command does nothing to something that waits, or did nothing when the list was run. */
export const leftOutWords: Record<LeftOut, string> = {
  'look-first': 'Nobody knows what Stripe did: look there, then confirm it by itself',
  'not-offered': 'This is not what resolves it: see its commands',
  'outcome-open': 'A request to Stripe about it has no answer yet',
  'too-late': 'It is paid or over',
  'no-seller': 'It is about no seller',
  'seller-closed': 'The seller is closed',
  'paused-already': 'The seller is paused already',
  'not-paused': 'The seller is not paused',
  'no-hold': 'No hold that was placed with it holds anything',
  'no-paused-bank-account': 'No bank account for this money is paused',
  'same-target': 'It is done with another one of this list',
  'waits-no-more': 'It no longer waits for a person',
  changed: 'It does not stand as it was shown any more',
};

export function resolutionOf(record: AttentionRecord) {
  if (record.kind === 'seller') return sellerParkOf(record.parked, record.id);
  if (record.kind === 'discrepancy') {
    const { what, remedy } = causes[record.parked];
    return { explanation: `${what}. ${remedy}`, commands: [closingOf(record.id)] };
  }
  return payoutParkOf(record.parked, record);
}

/** Why an item was left out when its list was run. */
export type LeftOut = Inapplicable | 'waits-no-more' | 'changed';

/**
 * A parked payout or seller, a payout that the banks have had for too long, an account that Stripe
 * rejected, or a difference from Stripe.
 */
export type AttentionRecord = {
  /** Null if no particular seller is concerned. */
  sellerId: SellerId | null;
  /** Null if every currency of the seller is concerned. */
  currency: string | null;
  since: string;
  /** The money that does not move because of this, in minor units. */
  atStake: Money[];
} & (
  | {
      kind: 'payout';
      id: PayoutId;
      parked: PayoutPark;
      parkedDetail: string | null;
      unknownStep: MoneyStep | null;
    }
  | { kind: 'seller'; id: SellerId; parked: SellerPark; parkedDetail: null; unknownStep: null }
  | { kind: 'discrepancy'; id: DiscrepancyId; parked: Cause; parkedDetail: null; unknownStep: null }
);
