import type { DiscrepancyId, PayoutId, SellerId, SellerNames } from '../ids.ts';

/** Who must act on a discrepancy. */
export type Owner = 'engine' | 'platform' | 'operator';

/** Why the ledger and Stripe differ. `causes` says who must act on each cause, and what to do. */
export type Cause = keyof typeof causes;
export const causes = {
  'transfer-not-ordered': {
    owner: 'operator',
    what: 'The account received a transfer that the engine did not make. The money is held',
    remedy:
      'Find out what the transfer was for. If it was for what is owed to the seller, close with the outcome `owed`; otherwise close with `not-owed`, and reverse the transfer at Stripe or release its hold',
    stops: 'every payout',
  },
  'transfer-unexpected': {
    owner: 'operator',
    what: 'A transfer names a payout that has another transfer or needs none',
    remedy:
      'Find out who made the transfer. The next payout uses this money instead of a new transfer',
  },
  'payout-not-ordered': {
    owner: 'operator',
    what: 'Money was paid out of the account without an order from the engine',
    remedy:
      'Find out who ordered it: a person at Stripe, or automatic payouts. If it paid what is owed to the seller, close with the outcome `owed`; otherwise with `not-owed`. In both cases, the amount reduces the next payout',
    stops: 'reserved before',
  },
  'payout-unexpected': {
    owner: 'operator',
    what: 'A payout at Stripe names a payout of ours that has another Stripe payout or was not sent',
    remedy:
      'Find out who sent it: the seller may have received the money twice. If it paid what is owed to the seller, close with the outcome `owed`; otherwise with `not-owed`. In both cases, the amount reduces the next payout',
    stops: 'reserved before',
  },
  'payout-unknown': {
    owner: 'operator',
    what: 'Money moved in the name of a payout that is not in the database. The seller’s money is held',
    remedy:
      'The database may be older than Stripe: stop money and find the payout before you release the hold. If no payout of ours explains the money, close with the outcome `owed` if it was for what is owed to the seller, otherwise with `not-owed`. When all such discrepancies of the seller and currency are closed, this hold ends, and only money that came and is not owed stays held',
    stops: 'every payout',
  },
  'reversal-not-ordered': {
    owner: 'operator',
    what: 'Somebody reversed a transfer. The money is at the platform and held',
    remedy:
      'Release its hold if the seller may have the money again. Until then, the money is not paid',
  },
  'payout-stopped': {
    owner: 'operator',
    what: 'A payout was canceled at Stripe, in the Dashboard or by Stripe, and not by an order here. The money is at the account and held',
    remedy:
      'Find out who canceled the payout, and why. Release its hold if the seller may have the money; otherwise keep the hold',
  },
  'payout-reversed': {
    owner: 'operator',
    what: 'A payout came back from the bank, and no order of the engine explains the return. The money is at the account and held',
    remedy:
      'Release its hold if the seller may have the money again; otherwise reverse the transfer at Stripe',
  },
  'moved-without-us': {
    owner: 'operator',
    what: 'The account’s balance changed without an order from the engine',
    remedy: 'Look at the transaction at Stripe. Incoming money is held until its hold is released',
  },
  'amount-differs': {
    owner: 'operator',
    what: 'Stripe moved an amount or currency that differs from the ledger',
    remedy: 'Compare both sides. If Stripe converted the money, the payout waits for a person',
  },
  'charge-pays-seller': {
    owner: 'operator',
    what: 'An earning names a charge that pays the seller by itself. What no payout contains yet is held',
    remedy:
      'Release its hold only if the seller is owed both amounts. Otherwise withdraw the earning, and stop posting earnings for such charges',
  },
  'charge-falls-short': {
    owner: 'operator',
    what: 'An earning is higher than what its charge brought or kept. What no payout contains yet is held',
    remedy:
      'The hold says why. Release it if the platform pays the difference from other money; otherwise correct or withdraw the earning',
  },
  'charge-not-found': {
    owner: 'operator',
    what: 'An earning names a charge that Stripe does not have. The earning is not payable',
    remedy:
      'Find the right charge and correct the earning, or withdraw the earning. Both close this discrepancy. If Stripe shows the charge later, the earning becomes payable',
    waits: true,
  },
  'charge-unclear': {
    owner: 'operator',
    what: 'For too long, Stripe has not shown whether the charge of an earning brings money: the charge is pending or not captured, or Stripe could not be read. The earning is not payable',
    remedy:
      'Look at the charge at Stripe. If it brings money later, wait: the earning becomes payable. Otherwise correct or withdraw the earning, which closes this discrepancy',
    waits: true,
  },
  'earning-overpaid': {
    owner: 'platform',
    what: 'A payout contains an earning, or a part of one, that its charge does not cover',
    remedy:
      'If the payout can still be canceled, cancel it. Otherwise recover the amount from the seller, for example by a hold on other money',
  },
  'entry-missing': {
    owner: 'engine',
    what: 'Stripe’s books have a line that is missing in the ledger',
    remedy:
      'Look at the payout of the line: it may be waiting, or somebody changed the ledger by hand',
  },
  'line-missing': {
    owner: 'operator',
    what: 'The ledger records a movement that is missing in Stripe’s books',
    remedy:
      'Look up the object at Stripe. If it exists, ask Stripe why the books have no line for it',
  },
  'balance-differs': {
    owner: 'operator',
    what: 'A balance differs from the sum of its entries, or from the sum of Stripe’s lines',
    remedy: 'Somebody changed the database by hand: compare it with a backup',
  },
} as const satisfies Record<string, CauseRow>;

type CauseRow = {
  owner: Owner;
  what: string;
  remedy: string;
  /**
   * Money went to the seller without an order, and only a person knows whether it was for what is
   * owed to the seller. The discrepancy is closed with an outcome. Until then, it stops every
   * payout of the seller and currency, because the money came from elsewhere; or, if the money left
   * the account, the payouts that reserved before. The ledger subtracts it from what later payouts
   * reserve.
   */
  stops?: 'every payout' | 'reserved before';
  /**
   * An earning is not payable because of this discrepancy, so only what ends the wait closes it:
   * the correction or withdrawal of the earning, or the charge, once Stripe shows it.
   */
  waits?: true;
};

/** All causes, for filters and schemas. */
export const causeNames = Object.keys(causes) as Cause[];

/** The causes of discrepancies about money that went to a seller without an order. */
export const unorderedCauses = causeNames.filter((cause) => rowOf(cause).stops);

/**
 * What money that moved without an order was for.
 * - `owed`: for what is owed to the seller. It counts as paid, and nothing is paid a second time.
 * - `not-owed`: for something else. As much is owed to the seller as before.
 */
export type Outcome = (typeof outcomes)[number];
export const outcomes = ['owed', 'not-owed'] as const;

/** True while a person must say what money that moved without an order was for. */
export function asksOutcome({
  cause,
  closedAt,
  agreesSince,
}: Pick<DiscrepancyRecord, 'cause' | 'closedAt' | 'agreesSince'>): boolean {
  return rowOf(cause).stops !== undefined && closedAt === null && agreesSince === null;
}

/** The causes that stop every payout of the seller and currency. */
export const stoppingCauses = causeNames.filter((cause) => rowOf(cause).stops === 'every payout');

/**
 * True while a discrepancy stops a payout of its seller and currency, which reserved its money at
 * this instant; null if it has reserved nothing. `unorderedOf` in db/funds.ts repeats this rule.
 */
export function stopsPayout(discrepancy: DiscrepancyRecord, reservedAt: string | null): boolean {
  if (!asksOutcome(discrepancy)) return false;
  const { cause, openedAt } = discrepancy;
  return stoppingCauses.includes(cause) || (reservedAt !== null && openedAt >= reservedAt);
}

/**
 * The causes of discrepancies about money that came to the seller and is held. The hold is released
 * after a person has said what the money was for: released before, the money would be paid in
 * addition to what is owed. The hold over an unknown payout holds other money.
 */
export const keepingCauses: readonly Cause[] = stoppingCauses.filter(
  (one) => one !== 'payout-unknown',
);

/** The causes of discrepancies that keep an earning from being payable. */
export const earningWaitCauses = causeNames.filter((cause) => rowOf(cause).waits);

/**
 * The causes of discrepancies between an earning and its charge. A change of the earning closes
 * them, because the earning is then decided anew.
 */
export const earningCauses: readonly Cause[] = [
  'charge-pays-seller',
  'charge-falls-short',
  'earning-overpaid',
  ...earningWaitCauses,
];

/** True while an earning is not payable because of this discrepancy. */
export function keepsEarningWaiting({
  cause,
  closedAt,
  agreesSince,
}: Pick<DiscrepancyRecord, 'cause' | 'closedAt' | 'agreesSince'>): boolean {
  return rowOf(cause).waits === true && closedAt === null && agreesSince === null;
}

function rowOf(cause: Cause): CauseRow {
  return causes[cause];
}

/**
 * The causes that mean that Stripe has an object or a line in a payout's name that the payout does
 * not explain. While one of them is open, no further attempt of the payout is sent.
 */
export const unexplainedCauses: readonly Cause[] = [
  'transfer-unexpected',
  'payout-unexpected',
  'payout-unknown',
  'amount-differs',
  'entry-missing',
];

/** A discrepancy as callers and operators see it. */
export type DiscrepancyRecord = {
  id: DiscrepancyId;
  cause: Cause;
  /** The object that differs. Each object has at most one discrepancy of each cause. */
  object: string;
  sellerId: SellerId | null;
  /** What people call the seller. Null if the discrepancy is in the platform's own balance. */
  seller: SellerNames | null;
  payoutId: PayoutId | null;
  movementId: string | null;
  stripeId: string | null;
  atStripe: number | null;
  stripeCurrency: string | null;
  entryId: number | null;
  inLedger: number | null;
  ledgerCurrency: string | null;
  openedAt: string;
  /** Since when both sides agree. Null while they differ. */
  agreesSince: string | null;
  closedAt: string | null;
  closedBy: string | null;
  closeReason: string | null;
  /** What the money was for. Null while open, and for causes that do not ask. */
  outcome: Outcome | null;
};
