import type { DiscrepancyId, PayoutId, SellerId } from '../ids.ts';

/** Who must act on a difference. */
export type Owner = 'engine' | 'platform' | 'stripe' | 'operator';

/** Why the ledger and Stripe differ, who must act, and what that person can do. */
export type Cause = keyof typeof causes;
export const causes = {
  'transfer-not-ordered': {
    owner: 'platform',
    what: 'Money was transferred to the account that the engine did not transfer; it is held',
    remedy: 'Release its hold if the seller is to have it, else reverse the transfer at Stripe',
  },
  'transfer-unexpected': {
    owner: 'operator',
    what: 'A transfer carries the name of a payout that has another transfer, or was not to have one',
    remedy: 'Find out who sent it; the next payout takes this money instead of a new transfer',
  },
  'payout-not-ordered': {
    owner: 'platform',
    what: 'Money was paid out of the account that the engine did not pay out',
    remedy:
      'Find out who ordered it, at Stripe or by automatic payouts; it lowers what is paid next',
  },
  'payout-unexpected': {
    owner: 'operator',
    what: 'A payout at Stripe carries the name of one of ours that has another one, or was not sent',
    remedy: 'Find out who sent it: the seller may have got this twice; it lowers what is paid next',
  },
  'payout-unknown': {
    owner: 'operator',
    what: 'Money moved in the name of a payout that is not in the database; the seller is held',
    remedy:
      'The database may be older than Stripe: stop money and find the payout before releasing',
  },
  'reversal-not-ordered': {
    owner: 'platform',
    what: 'A transfer was reversed that the engine did not reverse; it is at the platform and held',
    remedy:
      'Release its hold if the seller is to have it again; as long as it stands, nothing is paid',
  },
  'payout-reversed': {
    owner: 'platform',
    what: 'A payout was debited back from the bank; the money is at the account and held',
    remedy:
      'Release its hold if the seller is to have it again, else reverse the transfer at Stripe',
  },
  'moved-without-us': {
    owner: 'platform',
    what: 'The account’s balance changed for a reason of Stripe’s or of somebody else’s',
    remedy: 'Look at its line at Stripe; what came in is held until its hold is released',
  },
  'amount-differs': {
    owner: 'operator',
    what: 'Stripe moved another amount or another currency than the ledger says',
    remedy: 'Compare both sides; where Stripe converted it, the payout waits for a person',
  },
  'entry-missing': {
    owner: 'engine',
    what: 'Stripe’s books have a line that should be in the ledger and is not',
    remedy:
      'Look at the payout it is about: what it waits for, or that the ledger was changed by hand',
  },
  'line-missing': {
    owner: 'stripe',
    what: 'The ledger says that money moved, and Stripe’s books have no such line',
    remedy: 'Look the object up at Stripe; ask Stripe where it is there and not in the books',
  },
  'balance-differs': {
    owner: 'operator',
    what: 'A balance is not the sum of its entries, or not that of Stripe’s lines',
    remedy: 'Somebody changed the database by hand: compare it with a backup',
  },
} as const satisfies Record<string, { owner: Owner; what: string; remedy: string }>;

/** Every cause. */
export const causeNames = Object.keys(causes) as Cause[];

/** A discrepancy as callers and operators see it. */
export type DiscrepancyRecord = {
  id: DiscrepancyId;
  cause: Cause;
  /** What it is about. Each cause is opened once for each object. */
  object: string;
  sellerId: SellerId | null;
  payoutId: PayoutId | null;
  movementId: string | null;
  stripeId: string | null;
  atStripe: number | null;
  stripeCurrency: string | null;
  entryId: number | null;
  inLedger: number | null;
  ledgerCurrency: string | null;
  openedAt: string;
  /** Since when both sides say the same. */
  agreesSince: string | null;
  closedAt: string | null;
  closedBy: string | null;
  closeReason: string | null;
};
