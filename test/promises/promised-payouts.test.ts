import * as fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { paydaysAround } from '../../activities/calendar.ts';
import { readFunding } from '../../db/funding.ts';
import { openPayday } from '../../db/paydays/rows.ts';
import { reservePayout } from '../../db/payouts/reservation.ts';
import type { CurrencyDue } from '../../domain/funding.ts';
import type { PayoutId, SellerId } from '../../domain/ids.ts';
import { startApi, type TestApi } from '../api/harness.ts';
import { anySeller, currencies, makeAnySeller } from './any-seller.ts';

type Sum = { amount: number; currency: string };
type Wait = { for: string; payoutId: string | null };
type PaydayMoney = { currency: string; pays: Sum; reason: string | null };
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

/** What is due to the one seller who is not closed. */
async function readDue(): Promise<Map<string, CurrencyDue>> {
  const end = new Date(Date.now() + 60_000).toISOString();
  return (await readFunding(api.db, end, paydaysAround)).due;
}

/** Its money is no part of what is due to the next seller. */
async function close(sellerId: SellerId): Promise<void> {
  await api.db
    .updateTable('sellers')
    .set({ status: 'closed' })
    .where('id', '=', sellerId)
    .execute();
}

async function payoutsOf(sellerId: SellerId) {
  return api.db.selectFrom('payouts').selectAll().where('seller_id', '=', sellerId).execute();
}

/** What became of a payday in one currency, in the words of a forecast. */
async function doneIn(sellerId: SellerId, currency: string) {
  const all = await payoutsOf(sellerId);
  const own = all.find((payout) => payout.currency === currency);
  if (!own) return { pays: 0, reason: 'nothing' };
  const { from_platform: fromPlatform, from_account: fromAccount } = own;
  return { pays: fromPlatform + fromAccount, reason: own.skip_reason ?? own.waiting_for };
}

const ofSeller = ['seller-paused', 'seller-not-active'];
const forBank: Record<string, string> = {
  'bank-details': 'bank-account',
  'cooling-period': 'cooling-period',
};

test('what a payday is said to pay is what its payouts then set aside, or why they do not', async () => {
  await fc.assert(
    fc.asyncProperty(anySeller, async (seller) => {
      const id = await makeAnySeller(api.db, seller);
      const told = await ask<Explained>(`/v1/sellers/${id}/explain`);
      const due = await readDue();
      await openPayday(api.db, id, paydaysAround);
      for (const { id: payoutId, status } of await payoutsOf(id)) {
        if (status === 'requested') await reservePayout(api.db, payoutId);
      }
      const forecasts = told.payday?.isKept ? told.payday.money : [];
      for (const currency of currencies) {
        const { pays, reason } = forecasts.find((one) => one.currency === currency) ?? {
          pays: { amount: 0 },
          reason: 'nothing-payable',
        };
        const isOpened = reason !== 'nothing-payable' && !ofSeller.includes(reason ?? '');
        const expected = { pays: pays.amount, reason: isOpened ? reason : 'nothing' };
        expect(await doneIn(id, currency)).toEqual(expected);
        // Funding adds up the same: what is paid is due, and the rest is not due for that reason.
        const { parts, notDue } = due.get(currency) ?? { parts: null, notDue: {} };
        expect(parts?.payday.amount ?? 0).toBe(pays.amount);
        if (reason !== null && reason !== 'nothing-payable') {
          expect(Object.keys(notDue)).toEqual([reason]);
        }
        const wait = forBank[reason ?? ''];
        if (wait) expect(told.waits.map((one) => one.for)).toContain(wait);
      }
      await close(id);
    }),
    { numRuns: 120 },
  );
}, 120_000);

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
      const id = await makeAnySeller(api.db, { ...seller, holds: [held, ...seller.holds] });
      const payoutId = await makeOrder(id, order);
      await api.db
        .updateTable('payouts')
        .set({ waiting_for: 'hold', started_at: '2020-01-02T00:00:00.000Z' })
        .where('id', '=', payoutId)
        .execute();
      const holds = await api.db
        .selectFrom('holds')
        .select('id')
        .where('seller_id', '=', id)
        .orderBy('placed_at')
        .execute();
      for (const { id: holdId } of holds) {
        const { goesOn, money } = await ask<Preview>(`/v1/holds/${holdId}/preview`);
        await api.post(`/v1/holds/${holdId}/release`, { reason: 'all is well' });
        const row = await reservePayout(api.db, payoutId);
        const total = row.fromPlatform + row.fromAccount;
        const carried = { payoutId, money: { amount: total, currency: order.currency } };
        expect(goesOn).toEqual(total > 0 ? [carried] : []);
        const own = money.find(({ payableThen }) => payableThen.currency === order.currency);
        if (order.amount === null && total > 0) expect(own?.payableThen.amount).toBe(total);
        released += Number(total > 0);
        if (row.waitingFor !== 'hold') break;
      }
      await close(id);
    }),
    { numRuns: 80 },
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
