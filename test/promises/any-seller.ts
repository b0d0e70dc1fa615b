import * as fc from 'fast-check';
import { sql } from 'kysely';
import type { Db } from '../../db/connect.ts';
import { recordEarnings } from '../../db/earnings/rows.ts';
import { lookForThreshold } from '../../db/paydays/thresholds.ts';
import { newId, type SellerId } from '../../domain/ids.ts';
import { manualSchedule, type Schedule, weekdays } from '../../domain/paydays/schedule.ts';
import { causeNames } from '../../domain/reconciliation/discrepancies.ts';

/** In each of these a generated seller may have money; its own is the first. */
export const currencies = ['eur', 'usd', 'jpy'] as const;

type CurrencyOf = (typeof currencies)[number];

const bank = fc.oneof(
  { weight: 9, arbitrary: fc.constant('works' as const) },
  { weight: 2, arbitrary: fc.constant('none' as const) },
  { weight: 1, arbitrary: fc.constantFrom('paused' as const, 'cools' as const, 'gone' as const) },
);
const amount = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 100_00 }));
/** What is ordered: everything, or an amount, also one that is too small to pay out. */
const order = fc.oneof(
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 20_00 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 80_00 }) },
);
const money = fc.record({
  currency: fc.constantFrom(...currencies),
  atPlatform: amount,
  later: amount,
  atAccount: fc.oneof(fc.constant(0), fc.integer({ min: -20_00, max: 60_00 })),
  bank,
  orders: fc.array(order, { maxLength: 2 }),
  /** A payout in flight waits for a person. */
  hasParked: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
});
const hold = fc.record({
  currency: fc.constantFrom(...currencies),
  isOfAll: fc.boolean(),
  amount: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 120_00 })),
  expires: fc.boolean(),
});

/** By currency, how far a threshold is above the minimum. */
const thresholds = fc.dictionary(
  fc.constantFrom(...currencies),
  fc.integer({ min: 0, max: 15_00 }),
);
/** Money that moved without an order, and whether a person must still say what it was for. */
const unordered = fc.record({
  currency: fc.constantFrom(...currencies),
  cause: fc.constantFrom(...causeNames),
  is: fc.constantFrom('open' as const, 'open' as const, 'agreeing' as const, 'closed' as const),
});

/** A seller in any state that decides about its payouts. */
export const anySeller = fc.record({
  status: fc.constantFrom('active' as const, 'active' as const, 'active' as const, 'restricted'),
  isPaused: fc.integer({ min: 0, max: 4 }).map((one) => one === 0),
  money: fc.uniqueArray(money, { selector: (one) => one.currency, minLength: 1, maxLength: 3 }),
  holds: fc.oneof(fc.constant([]), fc.array(hold, { maxLength: 3 })),
  minimums: fc.oneof(
    fc.constant({}),
    fc.dictionary(fc.constantFrom(...currencies), fc.integer({ min: 1, max: 60_00 })),
  ),
  interval: fc.constantFrom('daily' as const, 'weekly' as const, 'manual' as const),
  weekdays: fc.subarray([...weekdays], { minLength: 1 }),
  /** The payday has come and was not opened yet; otherwise it is to come. */
  hasPayday: fc.integer({ min: 0, max: 3 }).map((one) => one > 0),
  thresholds: fc.oneof(fc.constant({}), thresholds),
  unordered: fc.oneof(
    { weight: 4, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: unordered },
  ),
});

/** What `anySeller` generates. */
export type AnySeller = typeof anySeller extends fc.Arbitrary<infer Seller> ? Seller : never;

/** Money comes, and things lapse, long before any test and long after it. */
const [past, future] = ['2020-01-02T00:00:00.000Z', '2199-01-01T00:00:00.000Z'];

/** Writes a generated seller, with its ordered payouts, into the database. */
export async function makeAnySeller(db: Db, seller: AnySeller): Promise<SellerId> {
  const id = newId('sel');
  await db
    .insertInto('sellers')
    .values({
      id,
      status: seller.status,
      email: 'seller@example.com',
      country: 'DE',
      currency: currencies[0],
      entity_type: 'individual',
      metadata: '{}',
      stripe_account: `acct_${id.slice(4)}`,
      payouts_manual_at: sql<string>`business_now()`,
      account_read_at: sql<string>`business_now()`,
      next_payout_at: nextPayoutAtOf(seller),
      schedule: JSON.stringify(scheduleOf(seller)),
    })
    .execute();
  for (const one of seller.money) await addMoney(db, id, one);
  for (const one of seller.holds) await addHold(db, id, one);
  for (const { currency, orders, hasParked } of seller.money) {
    if (hasParked) await addParked(db, id, currency);
    for (const ordered of orders) await addOrder(db, id, { currency, amount: ordered });
  }
  if (seller.unordered) await addUnordered(db, id, seller.unordered);
  if (seller.isPaused) {
    await db
      .insertInto('seller_pauses')
      .values({ id: newId('pause'), seller_id: id, paused_by: 'key_1', reason: 'odd logins' })
      .execute();
  }
  await db.transaction().execute((tx) => lookForThreshold(tx, id, scheduleOf(seller)));
  return id;
}

async function addOrder(
  db: Db,
  sellerId: SellerId,
  given: { currency: CurrencyOf; amount: number | null },
): Promise<void> {
  const { currency, amount: requested_amount } = given;
  const id = newId('payout');
  await db
    .insertInto('payouts')
    .values({ id, seller_id: sellerId, currency, requested_amount, ordered_by: 'operator' })
    .execute();
}

async function addParked(db: Db, sellerId: SellerId, currency: CurrencyOf): Promise<void> {
  await db
    .insertInto('payouts')
    .values({
      id: newId('payout'),
      seller_id: sellerId,
      currency,
      status: 'transferred',
      ordered_by: 'new-details',
      parked: 'refused-by-stripe',
      parked_at: past,
      created_at: past,
    })
    .execute();
}

function nextPayoutAtOf({ interval, hasPayday }: AnySeller) {
  if (interval === 'manual') return null;
  return sql<string>`business_now() + ${hasPayday ? -1 : 3} * interval '1 day'`;
}

function scheduleOf(seller: AnySeller): Schedule {
  const { interval, weekdays: named, minimums, thresholds: above } = seller;
  const isManual = interval === 'manual';
  const least: Record<string, number> = isManual ? {} : minimums;
  return {
    ...manualSchedule,
    interval,
    weekdays: interval === 'weekly' ? named : [],
    at: '00:00',
    minimums: least,
    thresholds: Object.fromEntries(
      Object.entries(above).map(([currency, more]) => [currency, (least[currency] ?? 1) + more]),
    ),
  };
}

async function addMoney(db: Db, sellerId: SellerId, given: AnySeller['money'][number]) {
  const { currency } = given;
  const earn = (part: number, availableOn: string) => ({
    sellerId,
    externalId: newId('order'),
    amount: part,
    currency,
    charge: null,
    availableOn,
    description: null,
  });
  const earnings = [
    ...(given.atPlatform > 0 ? [earn(given.atPlatform, past)] : []),
    ...(given.later > 0 ? [earn(given.later, future)] : []),
  ];
  if (earnings.length > 0) {
    await db.transaction().execute((tx) => recordEarnings(tx, sellerId, earnings));
  }
  await db
    .updateTable('earnings')
    .set({ created_at: past })
    .where('seller_id', '=', sellerId)
    .execute();
  if (given.atAccount !== 0) await moveAtAccount(db, sellerId, currency, given.atAccount);
  if (given.bank !== 'none') await addBank(db, sellerId, currency, given.bank);
}

/** Money that came to the account by itself, or was taken from it. */
async function moveAtAccount(db: Db, sellerId: SellerId, currency: CurrencyOf, net: number) {
  const [from, to] = net > 0 ? (['owed', 'account'] as const) : (['account', 'owed'] as const);
  await db
    .insertInto('ledger_entries')
    .values({
      event_key: newId('order'),
      kind: 'refund',
      seller_id: sellerId,
      currency,
      from_place: from,
      to_place: to,
      amount: Math.abs(net),
    })
    .execute();
}

async function addBank(db: Db, sellerId: SellerId, currency: CurrencyOf, state: string) {
  await db
    .insertInto('bank_accounts')
    .values({
      seller_id: sellerId,
      stripe_id: `ba_${currency}_${sellerId.slice(4)}`,
      currency,
      fingerprint: `number of ${currency} of ${sellerId}`,
      status: 'new',
      is_default: state !== 'gone',
      paused_at: state === 'paused' ? past : null,
      cools_until: state === 'cools' ? future : null,
      gone_at: state === 'gone' ? past : null,
    })
    .execute();
}

async function addHold(db: Db, sellerId: SellerId, given: AnySeller['holds'][number]) {
  await db
    .insertInto('holds')
    .values({
      id: newId('hold'),
      seller_id: sellerId,
      source: 'operator',
      reason: 'odd orders',
      currency: given.isOfAll && given.amount === null ? null : given.currency,
      amount: given.amount,
      placed_by: 'operator',
      release_rule: given.expires ? 'expiry' : 'manual',
      expires_at: given.expires ? future : null,
    })
    .execute();
}

async function addUnordered(
  db: Db,
  sellerId: SellerId,
  { currency, cause, is }: NonNullable<AnySeller['unordered']>,
) {
  const id = newId('disc');
  await db
    .insertInto('discrepancies')
    .values({
      id,
      cause,
      object: id,
      seller_id: sellerId,
      at_stripe: 1_00,
      stripe_currency: currency,
      agrees_since: is === 'agreeing' ? past : null,
      ...(is === 'closed' && { closed_at: past, closed_by: 'operator', close_reason: 'a gift' }),
    })
    .execute();
}
