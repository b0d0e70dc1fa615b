import type { EarningId, PayoutId, SellerId } from '../ids.ts';
import type { Entry } from '../ledger.ts';
import { type Currency, formatMoney, minor, money } from '../money.ts';

/** What a person orders about an earning. A field that is undefined stays as it is. */
export type EarningOrder =
  | { kind: 'withdraw' }
  /** A `charge` of null means that no charge brought the money. */
  | { kind: 'correct'; amount?: number | undefined; charge?: string | null | undefined };

/** The facts about an earning that decide whether it can be changed. Amounts in minor units. */
export type ChangeFacts = {
  place: 'platform' | 'account';
  amount: number;
  charge: string | null;
  /** The part that payouts contain. */
  allocated: number;
  isWithdrawn: boolean;
};

/** Why an earning cannot be changed as ordered. */
export type ChangeRefusal = 'at-account' | 'withdrawn' | 'in-payouts';

/** What an order does to an earning. `nothing` if the earning is already as ordered. */
export type ChangePlan =
  | { kind: 'change'; amount: number; charge: string | null }
  | { kind: 'nothing' }
  | { kind: 'refuse'; why: ChangeRefusal };

/**
 * Decides whether an earning can be withdrawn or corrected. Only what no payout contains can be
 * changed, so that every payout keeps what it was made of: the amount never falls below the part in
 * payouts, and the charge of that part stays. Income at the seller's account came from Stripe, so
 * only Stripe can take it back.
 */
export function planChange(order: EarningOrder, earning: ChangeFacts): ChangePlan {
  const { place, allocated, isWithdrawn } = earning;
  const { amount, charge } = wantedOf(order, earning);
  if (place === 'account') return refuse('at-account');
  if (isWithdrawn) return order.kind === 'withdraw' ? { kind: 'nothing' } : refuse('withdrawn');
  const isOther = charge !== earning.charge;
  if (amount === earning.amount && !isOther) return { kind: 'nothing' };
  if (amount < allocated || (allocated > 0 && isOther)) return refuse('in-payouts');
  return { kind: 'change', amount, charge };
}

function wantedOf(order: EarningOrder, { amount, charge }: ChangeFacts) {
  if (order.kind === 'withdraw') return { amount: 0, charge };
  return {
    amount: order.amount ?? amount,
    charge: order.charge === undefined ? charge : order.charge,
  };
}

function refuse(why: ChangeRefusal): ChangePlan {
  return { kind: 'refuse', why };
}

/** A payout that contains a part of an earning. `isSent`: Stripe has or had the payout. */
export type ContainingPayout = { payoutId: PayoutId; isSent: boolean };

/** Says why an earning is not changed, what this means for its money, and what to do. */
export function sayChangeRefusal(
  why: ChangeRefusal,
  earning: Pick<ChangeFacts, 'allocated'> & { id: EarningId; currency: Currency },
  payouts: readonly ContainingPayout[],
): string {
  switch (why) {
    case 'at-account':
      return 'The money of this earning came to the seller’s account at Stripe, so the ledger follows Stripe’s books. Nothing was changed. Refund the charge or reverse the transfer at Stripe; the engine books this';
    case 'withdrawn':
      return 'This earning was withdrawn and is not owed any more. Nothing was changed. If the platform owes the money after all, create an earning with another externalId';
    case 'in-payouts':
      return sayInPayouts(earning, payouts);
  }
}

function sayInPayouts(
  { id, allocated, currency }: Parameters<typeof sayChangeRefusal>[1],
  payouts: readonly ContainingPayout[],
): string {
  const part = formatMoney(money(allocated, currency));
  const named = payouts.map(({ payoutId }) => payoutId).join(', ');
  const isIn = `Payouts contain ${part} of this earning${named === '' ? '' : `: ${named}`}. Nothing was changed`;
  const unsent = payouts.filter(({ isSent }) => !isSent);
  if (unsent.length > 0 && unsent.length === payouts.length) {
    const cancel = unsent.map((one) => `POST /v1/payouts/${one.payoutId}/cancel`).join(', ');
    return `${isIn}. The money is not at the bank yet: cancel the payout (${cancel}), then send this request again`;
  }
  return `${isIn}. That part keeps its charge and cannot be taken back here: the amount can be corrected to ${part} or more (POST /v1/earnings/${id}/correct). To get money back, hold as much of the seller’s other money, or reverse the transfer at Stripe`;
}

/**
 * The ledger entries of a change: the platform owes more or less. `number` counts the changes of
 * the earning. Empty if the amount remains.
 */
export function correctedEntries(change: {
  earningId: EarningId;
  sellerId: SellerId;
  currency: Currency;
  number: number;
  before: number;
  after: number;
}): Entry[] {
  const { earningId, sellerId, currency, number, before, after } = change;
  if (after === before) return [];
  const eventKey = `${earningId}/corrected/${number}`;
  const of = { eventKey, kind: 'correction', sellerId, currency } as const;
  return after > before
    ? [{ ...of, from: 'owed', to: 'platform', amount: minor(after - before) }]
    : [{ ...of, from: 'platform', to: 'owed', amount: minor(before - after) }];
}
