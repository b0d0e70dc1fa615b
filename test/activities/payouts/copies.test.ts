import { afterEach, beforeEach, expect, test } from 'vitest';
import { createActivities } from '../../../activities/index.ts';
import { createTurns } from '../../../activities/stripe/budget.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { newId, type PayoutId, type SellerId } from '../../../domain/ids.ts';
import type { Payout } from '../../../domain/payouts/states.ts';
import { runActivity } from '../../build/activities.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';
import { startStripeSide } from '../../build/stripe-side.ts';

/** Two engines that both may send: only the id of the payout prevents a second payment. */
let sandbox: Awaited<ReturnType<typeof startStripeSide>>;
let both: MoneyDatabase[];
let sellerId: SellerId;
let account: `acct_${string}`;
beforeEach(async () => {
  [sandbox, ...both] = await Promise.all([
    startStripeSide(),
    startMoneyDatabase(4),
    startMoneyDatabase(4),
  ]);
  sellerId = newId('sel');
  account = await sandbox.account(sellerId);
  await sandbox.fund(1000_00);
});
afterEach(() => Promise.all([sandbox.close(), ...both.map(({ db }) => db.destroy())]));

/** An engine in which the seller has earned this much, with one order that both engines have. */
async function engine({ db, ...money }: MoneyDatabase, amount: number) {
  const turns = createTurns(db, { all: 2000, endpoint: 2000, payouts: 2000 });
  const terms = { lateReturnDays: 10, bankCoolingHours: 48 };
  const activities = createActivities({ stripe: sandbox.stripe, db, turns, ...terms });
  await money.seller({ id: sellerId, currency: 'usd', account });
  await money.earn(sellerId, amount, { currency: 'usd' });
  const payoutId = await money.order(sellerId, null, 'usd', 'wages of May');
  await reservePayout(db, payoutId);
  const act = (name: Step) => runActivity<Payout>(() => activities[name]({ payoutId }));
  const arrive = () =>
    db.updateTable('payouts').set({ waiting_for: null, arrives_at: null }).execute();
  return { payoutId, act, arrive, row: () => readPayout(db, payoutId) };
}

type Step = 'createTransfer' | 'lookUpTransfer' | 'createPayout' | 'lookUpPayout';
type Book = Record<'transfers' | 'payouts', { amount: number; metadata: { payout_id?: string } }[]>;

async function made(of: keyof Book, payoutId: PayoutId): Promise<number[]> {
  const book = (await sandbox.ask('GET', 'book')) as Book;
  return book[of].filter((one) => one.metadata.payout_id === payoutId).map(({ amount }) => amount);
}

test('the same order of a database and its copy is transferred and paid out once', async () => {
  const engines = await Promise.all(both.map((money) => engine(money, 100_00)));
  const [payoutId = newId('payout')] = engines.map((one) => one.payoutId);
  await sandbox.stripe.balanceSettings.update(
    { payments: { payouts: { schedule: { interval: 'manual' } } } },
    { stripeAccount: account },
  );
  for (const { act } of engines) await act('createTransfer');
  await sandbox.ask('POST', 'clock', { offsetMs: 10 * 24 * 3600_000 });
  for (const { arrive } of engines) await arrive();
  const rows = [];
  for (const { act } of engines) rows.push(await act('createPayout'));
  expect(rows.map(({ status }) => status)).toEqual(['sent', 'sent']);
  expect(new Set(rows.map(({ transferId }) => transferId)).size).toBe(1);
  expect(new Set(rows.map(({ stripePayoutId }) => stripePayoutId)).size).toBe(1);
  expect(await made('transfers', payoutId)).toEqual([100_00]);
  expect(await made('payouts', payoutId)).toEqual([100_00]);
});

test('an order whose amount differs in the copy is sent once, and the other says what Stripe has', async () => {
  const [here, there] = [await engine(both[0]!, 100_00), await engine(both[1]!, 120_00)];
  await here.act('createTransfer');
  expect(await there.act('createTransfer')).toMatchObject({ unknownStep: 'transfer' });
  const parked = await there.act('lookUpTransfer');
  expect(parked).toMatchObject({ parked: 'unexpected-state' });
  expect(parked.parkedDetail).toMatch(/100|10000/);
  expect(await there.act('createTransfer')).toMatchObject({ parked: 'unexpected-state' });
  expect(await made('transfers', here.payoutId)).toEqual([100_00]);
});
