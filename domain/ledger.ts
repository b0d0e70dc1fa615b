import type {
  DiscrepancyId,
  EarningId,
  PayoutId,
  SellerId,
  StripePayoutId,
  TransferId,
} from './ids.ts';
import type { Currency, MinorUnits } from './money.ts';

/**
 * Where a seller's money is. Each entry moves one amount from one place to another, so both sides
 * always agree.
 * - `owed`: the counterpart of all earnings; its balance is minus the total amount ever owed.
 * - `platform`, `account`: payable, in the platform's balance or at the seller's account.
 * - `platform-reserved`, `account-reserved`: at the same places, but reserved for a payout.
 * - `in-transit`, `bank`: on the way to the bank, or at the bank.
 * - `foreign`: moved without an order from the engine, at Stripe or outside Stripe.
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
 * Places whose money needs nothing more from the engine: it is the bank's, it was never the
 * engine's, or the place is only a counterpart. Money at any other place keeps a seller open.
 */
export const settledPlaces = ['owed', 'bank', 'foreign'] as const satisfies readonly Place[];

/**
 * The business event that an entry records. `refund` takes an amount from an earning at the
 * account, or gives it back. `correction` changes what the platform owes for an earning, down to
 * nothing. `reversal` undoes a transfer. `elsewhere` counts money that moved without an order as
 * paid, and `owed-again` undoes this.
 */
export type EntryKind = (typeof entryKinds)[number];
export const entryKinds = [
  'earning',
  'correction',
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
  'elsewhere',
  'owed-again',
] as const;

/** One immutable line of the ledger: an amount moves from one place to another. */
export type Entry = {
  /**
   * The unique name of the business event, such as `earn_.../earned`. The database accepts it once.
   */
  eventKey: string;
  kind: EntryKind;
  sellerId: SellerId;
  currency: Currency;
  from: Place;
  to: Place;
  amount: MinorUnits;
  payoutId?: PayoutId;
  /** The object at Stripe that moved the money. Absent if nothing moved at Stripe. */
  stripeId?: string;
};

/** The amounts of a payout in minor units, by the place where they were reserved. */
export type PayoutMoney = {
  payoutId: PayoutId;
  sellerId: SellerId;
  currency: Currency;
  fromPlatform: MinorUnits;
  fromAccount: MinorUnits;
};

type Of = Omit<Entry, 'eventKey' | 'kind' | 'from' | 'to' | 'amount'>;

/** The entry of a new earning: the platform owes the seller more. */
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

/** The entries of a reservation: each part stays at its place and is reserved for the payout. */
export function reserveEntries(payout: PayoutMoney): Entry[] {
  return [
    entry(payout, 'reserve', 'platform', 'platform-reserved', payout.fromPlatform),
    entry(payout, 'reserve', 'account', 'account-reserved', payout.fromAccount),
  ].filter(hasAmount);
}

/** The entry of a transfer that moved the platform's part to the account. */
export function transferEntries(payout: PayoutMoney, transferId: TransferId): Entry[] {
  return [
    {
      ...entry(payout, 'transfer', 'platform-reserved', 'account-reserved', payout.fromPlatform),
      stripeId: transferId,
    },
  ];
}

/** The entry of a payout that Stripe accepted: the money left the account's balance. */
export function sentEntries(payout: PayoutMoney, stripePayoutId: StripePayoutId): Entry[] {
  return [
    {
      ...entry(payout, 'payout', 'account-reserved', 'in-transit', total(payout)),
      stripeId: stripePayoutId,
    },
  ];
}

/** The entry of a payout that Stripe reports as paid: the bank has the money. */
export function paidEntries(payout: PayoutMoney, stripePayoutId: StripePayoutId): Entry[] {
  return [
    { ...entry(payout, 'paid', 'in-transit', 'bank', total(payout)), stripeId: stripePayoutId },
  ];
}

/**
 * The entry of a payout that the bank refused or Stripe canceled: the money is back at the account,
 * not at the platform.
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
 * The entry of a movement at the account that the engine did not order. The event key is the id of
 * the line in Stripe's books.
 */
export function moved(
  movement: { id: string; currency: Currency; object: string | null },
  entry: { kind: EntryKind; from: Place; to: Place; amount: MinorUnits },
  sellerId: SellerId,
): Entry {
  const { id: eventKey, currency, object } = movement;
  return { eventKey, ...entry, sellerId, currency, ...(object !== null && { stripeId: object }) };
}

/**
 * The entry of a payout that the bank returned after it was paid: the money is back at the account.
 */
export function returnedEntries(payout: PayoutMoney, stripePayoutId: StripePayoutId): Entry[] {
  return [
    { ...entry(payout, 'returned', 'bank', 'account', total(payout)), stripeId: stripePayoutId },
  ];
}

/**
 * The entries of money that Stripe moved while this database did not know the payout, for example
 * before a restored backup. The money is booked even if its earnings are still missing.
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
 * The entries of a payout that ends before Stripe took any money: each part becomes payable at the
 * place where it is.
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

/**
 * The entries of a payout whose money somebody else paid. The platform no longer owes its part.
 * The part at the account is no longer reserved: the other payment has already taken it from the
 * account, as Stripe's books show.
 */
export function elsewhereEntries(
  payout: PayoutMoney,
  status: 'requested' | 'reserved' | 'transferred',
): Entry[] {
  if (status === 'transferred') return releaseEntries(payout, true);
  const from = status === 'reserved' ? 'platform-reserved' : 'platform';
  const counted = entry(payout, 'elsewhere', from, 'foreign', payout.fromPlatform);
  const atAccount = { ...payout, fromPlatform: 0 as MinorUnits };
  const released = status === 'reserved' ? releaseEntries(atAccount, false) : [];
  return [counted, ...released].filter(hasAmount);
}

/**
 * The entry of a payout whose account has left the platform: the seller alone has the account, so
 * its money needs nothing more from the engine, whether or not it has left for the bank.
 */
export function leftEntries(
  payout: PayoutMoney,
  status: 'requested' | 'transferred' | 'sent',
): Entry[] {
  const from = {
    requested: 'account',
    transferred: 'account-reserved',
    sent: 'in-transit',
  } as const;
  return [entry(payout, 'elsewhere', from[status], 'foreign', total(payout))];
}

/**
 * The entries of a payout that somebody else paid outside Stripe, and whose money came back: the
 * platform owes it again.
 */
export function owedAgainEntries(payout: PayoutMoney): Entry[] {
  return [entry(payout, 'owed-again', 'foreign', 'platform', payout.fromPlatform)];
}

/**
 * The entry of a transfer by somebody else that was for what the platform owes the seller: the
 * platform owes it no longer, because it is at the account.
 */
export function countedEntry(of: {
  discrepancyId: DiscrepancyId;
  sellerId: SellerId;
  currency: Currency;
  amount: MinorUnits;
  stripeId: string | null;
}): Entry {
  const { discrepancyId, sellerId, currency, amount, stripeId } = of;
  return {
    eventKey: `${discrepancyId}/owed`,
    kind: 'elsewhere',
    sellerId,
    currency,
    from: 'platform',
    to: 'foreign',
    amount,
    ...(stripeId !== null && { stripeId }),
  };
}

/** The total amount of a payout in minor units. */
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
