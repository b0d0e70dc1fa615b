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
  retry:
    'Payouts and sellers continue, as with their own `retry`: use it when the cause is removed',
  cancel: 'Payouts that Stripe refused are canceled, as with their own `cancel`',
  'release-hold': 'The holds that were placed because of a discrepancy are released',
  'resume-bank-account':
    'Payouts may go again to the seller’s paused bank accounts in the waiting currency',
  'pause-seller': 'No payout of the seller starts until it is resumed',
  'resume-seller': 'Payouts of the seller may start again',
};

/** Why a command does nothing to something that waits, or did nothing when the list was run. */
export const leftOutWords: Record<LeftOut, string> = {
  'look-first':
    'It is unknown what Stripe did: look at Stripe, then confirm this payout or seller by itself',
  'not-offered': 'This command does not resolve it: see its own commands',
  'outcome-open': 'A request to Stripe about it has no answer yet',
  'too-late': 'The payout is paid or over',
  'no-seller': 'It belongs to no seller',
  'seller-closed': 'The seller is closed',
  'paused-already': 'The seller is paused already',
  'not-paused': 'The seller is not paused',
  'no-hold': 'No hold that was placed because of it still holds money',
  'no-paused-bank-account': 'No bank account for this money is paused',
  'same-target': 'Another object of this list has the same effect',
  'waits-no-more': 'It no longer waits for a person',
  changed: 'It changed after the list was shown',
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
