import type { EarningId, PayoutId, SellerId, StripePayoutId, TransferId } from './ids.ts';
import type { Currency, MinorUnits } from './money.ts';

/**
 * Where a seller's money is. Each entry moves one amount from one place to another, so both sides
 * always agree.
 * - `owed`: the counterpart of everything earned; its negative is what the platform has owed in
 *   total.
 * - `platform`, `account`: payable, in the platform's balance or at the seller's account.
 * - `platform-reserved`, `account-reserved`: the same, reserved for one payout.
 * - `in-transit`, `bank`: on its way to the bank, and at the bank.
 * - `foreign`: moved at Stripe without an order from the engine.
 */
export type Place = (typeof places)[number];
export const places = [
  'owed',
  'platform',
  'platform-reserved',
  'account',
  'account-reserved',
  'in-transit',
  'bank',
  'foreign',
] as const;

/**
 * What an entry records. `refund` is an amount taken from, or given back to, an earning at the
 * account; `reversal` is a transfer that was undone.
 */
export type EntryKind = (typeof entryKinds)[number];
export const entryKinds = [
  'earning',
  'reserve',
  'release',
  'transfer',
  'payout',
  'paid',
  'payout-failed',
  'returned',
  'refund',
  'reversal',
  'foreign',
  'adopted',
] as const;

/** One immutable line of the ledger: an amount moves from one place to another. */
export type Entry = {
  /** The name of the business event. The database accepts each name once. */
  eventKey: string;
  kind: EntryKind;
  sellerId: SellerId;
  currency: Currency;
  from: Place;
  to: Place;
  amount: MinorUnits;
  payoutId?: PayoutId;
  /** The object at Stripe that moved the money, if there is one. */
  stripeId?: string;
};

/** The amounts of a payout, by the place where they were reserved. */
export type PayoutMoney = {
  payoutId: PayoutId;
  sellerId: SellerId;
  currency: Currency;
  fromPlatform: MinorUnits;
  fromAccount: MinorUnits;
};

type Of = Omit<Entry, 'eventKey' | 'kind' | 'from' | 'to' | 'amount'>;

/** The platform owes a seller more. */
export function earned(earning: {
  earningId: EarningId;
  sellerId: SellerId;
  currency: Currency;
  amount: MinorUnits;
}): Entry {
  const { earningId, sellerId, currency, amount } = earning;
  return {
    eventKey: `${earningId}/earned`,
    kind: 'earning',
    sellerId,
    currency,
    from: 'owed',
    to: 'platform',
    amount,
  };
}

/** Money is reserved for a payout, at the place where it is. */
export function reserveEntries(payout: PayoutMoney): Entry[] {
  return [
    entry(payout, 'reserve', 'platform', 'platform-reserved', payout.fromPlatform),
    entry(payout, 'reserve', 'account', 'account-reserved', payout.fromAccount),
  ].filter(hasAmount);
}

/** The transfer moved the platform's part to the account. */
export function transferEntries(payout: PayoutMoney, transferId: TransferId): Entry[] {
  return [
    {
      ...entry(payout, 'transfer', 'platform-reserved', 'account-reserved', payout.fromPlatform),
      stripeId: transferId,
    },
  ];
}

/** Stripe took the money out of the account's balance. */
export function sentEntries(payout: PayoutMoney, stripePayoutId: StripePayoutId): Entry[] {
  return [
    {
      ...entry(payout, 'payout', 'account-reserved', 'in-transit', total(payout)),
      stripeId: stripePayoutId,
    },
  ];
}

/** The bank has the money, as far as Stripe knows. */
export function paidEntries(payout: PayoutMoney, stripePayoutId: StripePayoutId): Entry[] {
  return [
    { ...entry(payout, 'paid', 'in-transit', 'bank', total(payout)), stripeId: stripePayoutId },
  ];
}

/**
 * The bank refused the payout or Stripe canceled it: the money is back at the account, not at the
 * platform.
 */
export function failedEntries(payout: PayoutMoney, stripePayoutId: StripePayoutId): Entry[] {
  return [
    {
      ...entry(payout, 'payout-failed', 'in-transit', 'account', total(payout)),
      stripeId: stripePayoutId,
    },
  ];
}

/**
 * A movement at the account without an order from the engine, named by its line in Stripe's books.
 */
export function moved(
  movement: { id: string; currency: Currency; object: string | null },
  entry: { kind: EntryKind; from: Place; to: Place; amount: MinorUnits },
  sellerId: SellerId,
): Entry {
  const { id: eventKey, currency, object } = movement;
  return { eventKey, ...entry, sellerId, currency, ...(object !== null && { stripeId: object }) };
}

/** The bank returned the money after it was paid. */
export function returnedEntries(payout: PayoutMoney, stripePayoutId: StripePayoutId): Entry[] {
  return [
    { ...entry(payout, 'returned', 'bank', 'account', total(payout)), stripeId: stripePayoutId },
  ];
}

/**
 * Money that left while this database did not know it, for example before a restore from a backup.
 * It is booked whether or not its earnings are known again.
 */
export function adoptedEntries(
  payout: PayoutMoney,
  to: Place,
  transferId: TransferId | null,
): Entry[] {
  return [
    {
      ...entry(payout, 'adopted', 'platform', to, payout.fromPlatform),
      ...(transferId !== null && { stripeId: transferId }),
    },
    entry(payout, 'adopted', 'account', to, payout.fromAccount),
  ].filter((one) => hasAmount(one) && one.from !== one.to);
}

/**
 * The payout ends before Stripe took anything: each part is payable again at the place where it is.
 */
export function releaseEntries(payout: PayoutMoney, transferDone: boolean): Entry[] {
  if (transferDone) {
    return [entry(payout, 'release', 'account-reserved', 'account', total(payout))];
  }
  return [
    entry(payout, 'release', 'platform-reserved', 'platform', payout.fromPlatform),
    entry(payout, 'release', 'account-reserved', 'account', payout.fromAccount),
  ].filter(hasAmount);
}

/** The total amount of a payout. */
export function total({ fromPlatform, fromAccount }: PayoutMoney): MinorUnits {
  return (fromPlatform + fromAccount) as MinorUnits;
}

function entry(
  payout: PayoutMoney,
  kind: EntryKind,
  from: Place,
  to: Place,
  amount: MinorUnits,
): Entry {
  const { payoutId, sellerId, currency } = payout;
  const of: Of = { sellerId, currency, payoutId };
  return { ...of, eventKey: `${payoutId}/${kind}/${from}`, kind, from, to, amount };
}

function hasAmount({ amount }: Entry): boolean {
  return amount > 0;
}
