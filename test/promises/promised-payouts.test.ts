import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { paydaysAround } from '../../activities/paydays/calendar.ts';
import { readFunding } from '../../db/funding.ts';
import { openPayday } from '../../db/paydays/rows.ts';
import { reservePayout } from '../../db/payouts/reservation.ts';
import type { CurrencyDue } from '../../domain/funding.ts';
import type { PayoutId, SellerId } from '../../domain/ids.ts';
import { startApi, type TestApi } from '../api/harness.ts';
import { anySeller, currencies, makeAnySeller } from './any-seller.ts';
import { close, payoutsOf, takeTurns, type Turn } from './turns.ts';

type Sum = { amount: number; currency: string };
type Wait = { for: string; actor: string; payoutId: string | null };
type PaydayMoney = { currency: string; pays: Sum; held: Sum; reason: string | null };
type Explained = { waits: Wait[]; payday: { isKept: boolean; money: PaydayMoney[] } | null };
type Preview = {
  goesOn: { payoutId: string; money: Sum }[];
  money: { payableThen: Sum; stillHeld: Sum }[];
  waits: Wait[];
};

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});

async function ask<Answer>(path: string): Promise<Answer> {
  const { status, body } = await api.get(path);
  expect(status, path).toBe(200);
  return body as Answer;
}

/** The dry run of all paydays of a year. */
async function dryRun() {
  const until = new Date(Date.now() + 366 * 86_400_000).toISOString();
  return (await ask<{ data: unknown[] }>(`/v1/paydays/dry-run?until=${until}`)).data;
}

/** What is due to the one seller who is not closed. */
async function readDue(): Promise<Map<string, CurrencyDue>> {
  const end = new Date(Date.now() + 60_000).toISOString();
  return (await readFunding(api.db, end, paydaysAround)).due;
}

/** Lets a seller be paid: what is ordered, its payday, and what then reaches a threshold. */
async function pay(sellerId: SellerId) {
  const turns = new Map<PayoutId, Turn>();
  await takeTurns(api.db, sellerId, turns);
  for (let times = 0; times < 2; times += 1) {
    await openPayday(api.db, sellerId, paydaysAround);
    await takeTurns(api.db, sellerId, turns);
  }
  return (await payoutsOf(api.db, sellerId)).map(
    ({ id, currency, status, ordered_by, skip_reason }) => {
      const { reserved, reason } = turns.get(id) ?? { reserved: 0, reason: skip_reason };
      return {
        currency,
        orderedBy: ordered_by,
        isWaiting: status === 'requested',
        reserved,
        reason,
      };
    },
  );
}

type Done = Awaited<ReturnType<typeof pay>>[number];
const sum = (done: readonly Done[]): number => done.reduce((all, one) => all + one.reserved, 0);

const ofSeller = ['seller-paused', 'seller-not-active'];
const ownWaitOf: Record<string, string> = {
  'bank-details': 'bank-account',
  'cooling-period': 'cooling-period',
  'unordered-money': 'unordered-money',
  'another-payout': 'refused-by-stripe',
};

test('what a seller is said to be paid is what is then set aside, or why it is not', async () => {
  const seen = { besides: 0, thresholds: 0, weekly: 0, parked: 0 };
  await fc.assert(
    fc.asyncProperty(anySeller, async (seller) => {
      const id = await makeAnySeller(api.db, seller);
      const told = await ask<Explained>(`/v1/sellers/${id}/explain`);
      const preview = await ask<{ expected: PaydayMoney[] }>(`/v1/sellers/${id}/schedule/preview`);
      expect(preview.expected).toEqual(told.payday?.money ?? []);
      const { payday } = told;
      const money = payday?.money;
      expect(await dryRun()).toMatchObject(payday ? [{ sellerId: id, money }] : []);
      const due = await readDue();
      const done = await pay(id);
      for (const currency of currencies) {
        const own = done.filter((one) => one.currency === currency);
        expectAsTold(told, own, currency);
        expectAsDue(due.get(currency), own, toldOf(told, currency));
        const [ordered, payday] = [sum(own.filter(isOrder)), sum(own.filter(isOfPayday))];
        seen.besides += Number(ordered > 0 && payday > 0);
        seen.parked += Number(toldOf(told, currency).reason === 'another-payout');
        seen.weekly += Number(seller.interval === 'weekly' && payday > 0);
      }
      const byThreshold = done.filter(({ orderedBy }) => orderedBy === 'threshold');
      const isReached = told.waits.some((one) => one.for === 'threshold' && one.actor === 'engine');
      if (sum(byThreshold) > 0) expect(isReached).toBe(true);
      seen.thresholds += Number(sum(byThreshold) > 0);
      await close(api.db, id);
    }),
    { numRuns: 300 },
  );
  expect(Math.min(...Object.values(seen)), JSON.stringify(seen)).toBeGreaterThan(0);
}, 120_000);

const isOfPayday = ({ orderedBy }: Done): boolean => orderedBy === 'schedule';
const isParked = ({ orderedBy }: Done): boolean => orderedBy === 'new-details';
const isOrder = ({ orderedBy }: Done): boolean => orderedBy === 'operator';

type Promised = Pick<PaydayMoney, 'pays' | 'held' | 'reason'>;

/** What the explanation says that the payday which has come does in one currency. */
function toldOf({ payday }: Explained, currency: string): Promised {
  const forecasts = payday?.isKept ? payday.money : [];
  const none = { amount: 0, currency };
  const nothing = { pays: none, held: none, reason: 'nothing-payable' };
  return forecasts.find((one) => one.currency === currency) ?? nothing;
}

/** Compares what the explanation said of one currency with what was done. */
function expectAsTold(told: Explained, own: readonly Done[], currency: string): void {
  const { pays, reason } = toldOf(told, currency);
  const payday = own.filter(isOfPayday);
  expect(sum(payday)).toBe(pays.amount);
  // A payday's payout that queues behind another one has no reason of its own.
  if (!own.some((one) => isParked(one) || (isOrder(one) && one.isWaiting))) {
    const isOpened = reason !== 'nothing-payable' && !ofSeller.includes(reason ?? '');
    expect(payday.map((one) => one.reason)).toEqual(isOpened ? [reason] : []);
  }
  const wait = ownWaitOf[reason ?? ''];
  if (wait) expect(told.waits.map((one) => one.for)).toContain(wait);
}

/** Compares what funding said of one currency with what was done: what is not due has a reason. */
function expectAsDue(
  due: CurrencyDue | undefined,
  own: readonly Done[],
  { reason, held }: ReturnType<typeof toldOf>,
) {
  const { parts, notDue } = due ?? { parts: null, notDue: {} };
  const orders = own.filter(isOrder);
  const [payday, threshold] = [parts?.payday.amount ?? 0, parts?.threshold.amount ?? 0];
  expect(payday + threshold).toBe(sum(own) - sum(orders));
  // Money that reaches a threshold is due once, although its payday may pay it first.
  if (threshold === 0) expect(payday).toBe(sum(own.filter(isOfPayday)));
  // An order that waits for a hold needs no money before the hold is released.
  expect(parts?.ordered.amount ?? 0).toBe(sum(orders));
  if (reason === null || reason === 'nothing-payable') return;
  const reasons = Object.keys(notDue);
  // What holds withhold beside the payday's money has its own reason, unless the seller is stopped.
  const beside = held.amount > 0 && !ofSeller.includes(reason) ? ['on-hold'] : [];
  const expected = orders.length > 0 ? [reason] : [...new Set([reason, ...beside])];
  const told = orders.length > 0 ? reasons.filter((one) => one === reason) : reasons;
  expect(told).toEqual(expected);
}

const anyOrder = fc.record({
  currency: fc.constantFrom(...currencies),
  amount: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 80_00 })),
  isBusy: fc.integer({ min: 0, max: 5 }).map((one) => one === 0),
});

test('what the release of a hold is said to let go is what the reservation then takes', async () => {
  let released = 0;
  await fc.assert(
    fc.asyncProperty(anySeller, anyOrder, async (seller, order) => {
      const held = { currency: order.currency, isOfAll: false, amount: null, expires: false };
      const holds = [held, ...seller.holds];
      const money = seller.money.map((one) => ({ ...one, orders: [], hasParked: false }));
      const id = await makeAnySeller(api.db, { ...seller, holds, money });
      const payoutId = await makeOrder(id, order);
      await api.db
        .updateTable('payouts')
        .set({ waiting_for: 'hold', started_at: '2020-01-02T00:00:00.000Z' })
        .where('id', '=', payoutId)
        .execute();
      const active = await api.db
        .selectFrom('holds')
        .select('id')
        .where('seller_id', '=', id)
        .orderBy('placed_at')
        .execute();
      for (const { id: holdId } of active) {
        const { goesOn, money: sums } = await ask<Preview>(`/v1/holds/${holdId}/preview`);
        await api.post(`/v1/holds/${holdId}/release`, { reason: 'all is well' });
        const row = await reservePayout(api.db, payoutId);
        const total = row.fromPlatform + row.fromAccount;
        const carried = { payoutId, money: { amount: total, currency: order.currency } };
        expect(goesOn).toEqual(total > 0 ? [carried] : []);
        const own = sums.find(({ payableThen }) => payableThen.currency === order.currency);
        if (order.amount === null && total > 0) expect(own?.payableThen.amount).toBe(total);
        released += Number(total > 0);
        if (row.waitingFor !== 'hold') break;
      }
      await close(api.db, id);
    }),
    { numRuns: 160 },
  );
  expect(released).toBeGreaterThan(5);
}, 120_000);

async function makeOrder(
  sellerId: SellerId,
  { currency, amount, isBusy }: { currency: string; amount: number | null; isBusy: boolean },
): Promise<PayoutId> {
  const payout = (name: string): PayoutId => `payout_${sellerId.slice(4)}${name}`;
  const order = { seller_id: sellerId, currency, ordered_by: 'operator' };
  const id = payout('a');
  await api.db
    .insertInto('payouts')
    .values({ ...order, id, requested_amount: amount })
    .execute();
  if (isBusy) {
    const busy = { ...order, id: payout('b'), status: 'transferred' as const };
    await api.db.insertInto('payouts').values(busy).execute();
  }
  return id;
}
