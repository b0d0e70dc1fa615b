import type { EarningId, PayoutId, SellerId, StripePayoutId, TransferId } from './ids.ts';
import type { Currency, MinorUnits } from './money.ts';

/**
 * Where a seller's money is. An entry takes an amount from one place and puts it in another, so
 * that what is taken and what is put can never differ.
 * - `owed`: the other side of everything earned; how much the platform took on.
 * - `platform`, `account`: free to be paid, in the platform's balance or at the seller's account.
 * - `platform-reserved`, `account-reserved`: the same, set aside for one payout.
 * - `in-transit`, `bank`: on its way to the bank, and there.
 * - `foreign`: moved at Stripe by somebody else.
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
 * What an entry tells. `refund` is what is taken off, or given back of, an earning at the account;
 * `reversal` a transfer that was undone.
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

/** One immutable line of the ledger: an amount leaves a place and reaches another. */
export type Entry = {
  /** Names the business event; the database takes each name once. */
  eventKey: string;
  kind: EntryKind;
  sellerId: SellerId;
  currency: Currency;
  from: Place;
  to: Place;
  amount: MinorUnits;
  payoutId?: PayoutId;
  /** The object at Stripe that moved the money, where one did. */
  stripeId?: string;
};

/** What a payout carries, by the place it was reserved at. */
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

/** Money is set aside for a payout, at the place where it is. */
export function reserved(payout: PayoutMoney): Entry[] {
  return [
    entry(payout, 'reserve', 'platform', 'platform-reserved', payout.fromPlatform),
    entry(payout, 'reserve', 'account', 'account-reserved', payout.fromAccount),
  ].filter(hasAmount);
}

/** The transfer brought the platform's part to the account. */
export function transferred(payout: PayoutMoney, transferId: TransferId): Entry[] {
  return [
    {
      ...entry(payout, 'transfer', 'platform-reserved', 'account-reserved', payout.fromPlatform),
      stripeId: transferId,
    },
  ];
}

/** Stripe took the money out of the account's balance. */
export function sent(payout: PayoutMoney, stripePayoutId: StripePayoutId): Entry[] {
  return [
    {
      ...entry(payout, 'payout', 'account-reserved', 'in-transit', total(payout)),
      stripeId: stripePayoutId,
    },
  ];
}

/** The bank has it, as far as Stripe knows. */
export function paid(payout: PayoutMoney, stripePayoutId: StripePayoutId): Entry[] {
  return [
    { ...entry(payout, 'paid', 'in-transit', 'bank', total(payout)), stripeId: stripePayoutId },
  ];
}

/** The bank refused or Stripe canceled: the money is back at the account, not at the platform. */
export function failed(payout: PayoutMoney, stripePayoutId: StripePayoutId): Entry[] {
  return [
    {
      ...entry(payout, 'payout-failed', 'in-transit', 'account', total(payout)),
      stripeId: stripePayoutId,
    },
  ];
}

/** What happened at the account by itself, named by its line in Stripe's books. */
export function moved(
  movement: { id: string; currency: Currency; object: string | null },
  entry: { kind: EntryKind; from: Place; to: Place; amount: MinorUnits },
  sellerId: SellerId,
): Entry {
  const { id: eventKey, currency, object } = movement;
  return { eventKey, ...entry, sellerId, currency, ...(object !== null && { stripeId: object }) };
}

/** The bank sent it back after it was paid. */
export function returned(payout: PayoutMoney, stripePayoutId: StripePayoutId): Entry[] {
  return [
    { ...entry(payout, 'returned', 'bank', 'account', total(payout)), stripeId: stripePayoutId },
  ];
}

/**
 * Money that left while this database did not know of it, as after it was brought back from a
 * backup. It is taken whether or not what it was earned by is known again.
 */
export function adopted(payout: PayoutMoney, to: Place, transferId: TransferId | null): Entry[] {
  return [
    {
      ...entry(payout, 'adopted', 'platform', to, payout.fromPlatform),
      ...(transferId !== null && { stripeId: transferId }),
    },
    entry(payout, 'adopted', 'account', to, payout.fromAccount),
  ].filter((one) => hasAmount(one) && one.from !== one.to);
}

/** The payout ends before Stripe took anything: each part is freed at the place where it is now. */
export function released(payout: PayoutMoney, transferDone: boolean): Entry[] {
  if (transferDone) {
    return [entry(payout, 'release', 'account-reserved', 'account', total(payout))];
  }
  return [
    entry(payout, 'release', 'platform-reserved', 'platform', payout.fromPlatform),
    entry(payout, 'release', 'account-reserved', 'account', payout.fromAccount),
  ].filter(hasAmount);
}

/** What a payout carries in all. */
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
