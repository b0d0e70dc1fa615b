import { afterAll, beforeAll, expect, test } from 'vitest';
import { readOperations } from '../../../db/money-stops/rows.ts';
import { cancelPayout } from '../../../db/payouts/cancellations.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { parkPayout } from '../../../db/payouts/steps.ts';
import { listPayoutItems } from '../../../db/payouts/views.ts';
import { recordCharge } from '../../../db/reconciliation/charges/coverage.ts';
import { recordMovements } from '../../../db/reconciliation/movements.ts';
import { recordReturn } from '../../../db/reconciliation/stopped-payouts.ts';
import { adoptAll, listAdoptions } from '../../../db/recovery/adoptions.ts';
import { keepUnknown, recordUnknownMade } from '../../../db/recovery/comparison.ts';
import { recordRefused } from '../../../db/stripe/answers.ts';
import { type EarningId, newId, type PayoutId, type SellerId } from '../../../domain/ids.ts';
import type { MadeAtStripe, MoneyStep } from '../../../domain/stripe.ts';
import { liftEveryStop, type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';
import { aCharge } from '../../build/movement.ts';
import { movement } from '../reconciliation/lines.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(4);
});
afterAll(() => money.db.destroy());

test('a payout of ours that only the books of its account know stops money, and is taken over once', async () => {
  const sellerId = await money.seller({ account: 'acct_1' });
  await money.earn(sellerId, 80_00);
  const payoutId = newId('payout');
  const arrival = movement('payment', 80_00, { transfer: 'tr_lost', payoutId });
  const left = movement('payout', -80_00, { source: 'po_lost', payoutId });
  const read = { lines: [arrival, left], readAt: new Date().toISOString() };
  await recordMovements(money.db, sellerId, read);
  await recordMovements(money.db, sellerId, read);
  expect(await readOperations(money.db)).toMatchObject({
    moneyStopped: true,
    stops: [{ cause: 'unknown-at-stripe', stoppedBy: 'engine' }],
  });
  expect(await listAdoptions(money.db)).toMatchObject([
    { stripeId: 'tr_lost', step: 'transfer', payoutId, sellerId, amount: 80_00 },
    { stripeId: 'po_lost', step: 'payout', payoutId, sellerId, amount: 80_00 },
  ]);
  const order = { by: 'key_1', reason: 'an older database' };
  const adopt = () => money.db.transaction().execute((tx) => adoptAll(tx, order));
  expect(await adopt()).toHaveLength(2);
  expect(await adopt()).toEqual([]);
  await recordMovements(money.db, sellerId, read);
  expect(await money.balances(sellerId)).toEqual({ owed: -80_00, 'in-transit': 80_00 });
  expect(await listAdoptions(money.db)).toEqual([]);
});

const madeBy = (payoutId: PayoutId) => ({ stripePayoutId: `po_${payoutId.slice(7)}` as const });

test.each<[step: MoneyStep, state: string, isKnown: boolean]>([
  ['transfer', 'refused', false],
  ['transfer', 'sent', true],
  ['payout', 'refused', false],
  ['payout', 'sent', true],
])(
  'what Stripe made of a %s whose one attempt was %s is known: %s',
  async (step, state, isKnown) => {
    const sellerId = await money.seller();
    await money.earn(sellerId, 50_00);
    const payoutId = await money.order(sellerId);
    await reservePayout(money.db, payoutId);
    if (step === 'payout') await money.transfer(payoutId);
    const key = await money.send(payoutId, step);
    const refused = { key, refusal: 'balance-insufficient', error: {} } as const;
    if (state === 'refused') await recordRefused(money.db, refused);
    const stripeAccount = `acct_${sellerId.slice(4)}` as const;
    const createdAt = new Date().toISOString();
    const facts = { stripeAccount, amount: 50_00, currency: 'eur', createdAt };
    const made = { ...facts, step, payoutId, stripeId: `lost_${payoutId}_${step}` };
    const unknown = await keepUnknown(money.db, [made]);
    expect(unknown).toEqual(isKnown ? [] : [made]);
    if (isKnown) return;
    await takeOver(unknown);
    expect(await readPayout(money.db, payoutId)).toMatchObject({ unknownStep: step });
    expect(await attemptsOf(payoutId, step)).toEqual(['1 refused', '2 unknown']);
  },
);

async function attemptsOf(payoutId: PayoutId, step: MoneyStep): Promise<string[]> {
  const attempts = await money.db
    .selectFrom('attempts')
    .select(['number', 'state'])
    .where('object_id', '=', payoutId)
    .where('step', '=', step)
    .orderBy('number')
    .execute();
  return attempts.map(({ number, state }) => `${number} ${state}`);
}

/** Lets money go on, as if nothing were known yet, and takes over what is listed. */
async function takeOver(made: readonly MadeAtStripe[]): Promise<void> {
  await recordUnknownMade(money.db, made);
  await liftEveryStop(money.db);
  const order = { by: 'key_1', reason: 'an older database' };
  await money.db.transaction().execute((tx) => adoptAll(tx, order));
}

/** A payout of this much that Stripe made in the time that was lost, taken over; answers with its id. */
async function adoptLost(
  sellerId: SellerId,
  amount: number,
  ...steps: MoneyStep[]
): Promise<PayoutId> {
  const payoutId = newId('payout');
  await adoptMade({ sellerId, payoutId, amount }, steps.length > 0 ? steps : undefined);
  return payoutId;
}

async function adoptMade(
  { sellerId, payoutId, amount }: { sellerId: SellerId; payoutId: PayoutId; amount: number },
  steps: readonly MoneyStep[] = ['transfer', 'payout'],
): Promise<void> {
  const name = payoutId.slice(7);
  const made = {
    payoutId,
    stripeAccount: `acct_${sellerId.slice(4)}`,
    amount,
    currency: 'eur',
    createdAt: '2026-11-01T00:00:00.000Z',
  } as const;
  const ids = { transfer: `tr_${name}`, payout: `po_${name}` };
  await takeOver(steps.map((step) => ({ ...made, step, stripeId: ids[step] })));
}

/** What pays a payout, as earnings and amounts. */
async function itemsOf(payoutId: PayoutId) {
  const items = await listPayoutItems(money.db, { payoutId, limit: 100 });
  const standing = items.filter(({ releasedAt }) => releasedAt === null);
  return Object.fromEntries(standing.map((item) => [item.earningId, item.amount]));
}

const allocatedOf = async (id: EarningId) => {
  const earning = money.db.selectFrom('earnings').select('allocated').where('id', '=', id);
  return (await earning.executeTakeFirstOrThrow()).allocated;
};

test('earnings that come again after a backup go to the payout that paid them, and no further', async () => {
  const sellerId = await money.seller();
  const known = await money.earn(sellerId, 100_00);
  const lost = await adoptLost(sellerId, 150_00);
  expect(await itemsOf(lost)).toEqual({ [known]: 100_00 });
  const again = await money.earn(sellerId, 30_00);
  const more = await money.earn(sellerId, 50_00);
  expect(await itemsOf(lost)).toEqual({ [known]: 100_00, [again]: 30_00, [more]: 20_00 });
  const next = await money.order(sellerId);
  expect(await reservePayout(money.db, next)).toMatchObject({ fromPlatform: 30_00 });
  expect(await itemsOf(next)).toEqual({ [more]: 30_00 });
  expect(await allocatedOf(more)).toBe(50_00);
});

test('an adopted payout is paid by no earning of the future, so that none is paid out before its day', async () => {
  const sellerId = await money.seller();
  const lost = await adoptLost(sellerId, 100_00);
  await money.earn(sellerId, 100_00, { availableOn: '2040-01-01T00:00:00.000Z' });
  const earning = await money.earn(sellerId, 100_00);
  expect(await itemsOf(lost)).toEqual({ [earning]: 100_00 });
  const next = await reservePayout(money.db, await money.order(sellerId));
  expect([next.status, next.fromPlatform]).toEqual(['skipped', 0]);
});

test('an earning that comes again with its charge pays an adopted payout once the charge says when', async () => {
  const sellerId = await money.seller();
  const lost = await adoptLost(sellerId, 100_00);
  const earningId = await money.earn(sellerId, 100_00, { charge: 'ch_again' });
  expect(await itemsOf(lost)).toEqual({});
  const charge = aCharge({ id: 'ch_again' });
  await recordCharge(money.db, { earningId, charge, availableOn: '2026-10-01T00:00:00.000Z' });
  expect(await itemsOf(lost)).toEqual({ [earningId]: 100_00 });
});

test('earnings in another currency, or that come at one moment, pay an adopted payout no more than once', async () => {
  const sellerId = await money.seller();
  const lost = await adoptLost(sellerId, 40_00);
  await money.earn(sellerId, 40_00, { currency: 'usd' });
  expect(await itemsOf(lost)).toEqual({});
  const all = await Promise.all([1, 2, 3].map(() => money.earn(sellerId, 30_00)));
  const items = await itemsOf(lost);
  expect(Object.values(items).reduce((sum, amount) => sum + amount, 0)).toBe(40_00);
  for (const id of all) expect(await allocatedOf(id)).toBe(items[id] ?? 0);
});

test('what was set aside beside an adopted payout is called off, and its earnings go there', async () => {
  const sellerId = await money.seller();
  const earning = await money.earn(sellerId, 100_00);
  const again = await money.order(sellerId);
  await reservePayout(money.db, again);
  const lost = await adoptLost(sellerId, 100_00);
  expect((await readPayout(money.db, again)).status).toBe('canceled');
  expect([await itemsOf(again), await itemsOf(lost)]).toEqual([{}, { [earning]: 100_00 }]);
  expect(await money.balances(sellerId)).toEqual({ owed: -100_00, 'in-transit': 100_00 });
});

test('what is at the account and set aside beside an adopted payout is called off there', async () => {
  const sellerId = await money.seller();
  await money.earn(sellerId, 100_00);
  const again = await money.order(sellerId);
  await reservePayout(money.db, again);
  await money.transfer(again);
  await adoptLost(sellerId, 100_00, 'payout');
  expect((await readPayout(money.db, again)).status).toBe('canceled');
  expect(await money.balances(sellerId)).toEqual({ owed: -100_00, 'in-transit': 100_00 });
});

test('what is set aside at the moment of an adoption is called off or finds nothing', async () => {
  for (let round = 0; round < 10; round += 1) {
    const sellerId = await money.seller();
    await money.earn(sellerId, 100_00);
    const again = await money.order(sellerId);
    await Promise.all([adoptLost(sellerId, 100_00), reservePayout(money.db, again)]);
    expect((await readPayout(money.db, again)).status).toMatch(/canceled|skipped/);
    expect(await money.balances(sellerId)).toEqual({ owed: -100_00, 'in-transit': 100_00 });
  }
});

test('what may have been sent stays beside an adopted payout, which gets what it gives back', async () => {
  const sellerId = await money.seller();
  const earning = await money.earn(sellerId, 100_00);
  const again = await money.order(sellerId);
  await reservePayout(money.db, again);
  await money.transfer(again);
  await money.send(again, 'payout');
  const lost = await adoptLost(sellerId, 100_00);
  const { status } = await money.sendOff(again);
  expect([status, await itemsOf(lost)]).toEqual(['sent', {}]);
  const payout = { ...(await readPayout(money.db, again)), ...madeBy(again) };
  await recordReturn(money.db, payout, { status: 'failed', failureCode: 'no_account' });
  expect([await itemsOf(again), await itemsOf(lost)]).toEqual([{}, { [earning]: 100_00 }]);
});

test('a payout that was skipped before it was adopted is on its way, and its earning pays it alone', async () => {
  const sellerId = await money.seller();
  const payoutId = await money.order(sellerId);
  await reservePayout(money.db, payoutId);
  await adoptMade({ sellerId, payoutId, amount: 100_00 });
  const sent = { status: 'sent', ...madeBy(payoutId) };
  expect(await readPayout(money.db, payoutId)).toMatchObject(sent);
  const earning = await money.earn(sellerId, 100_00);
  expect(await money.balances(sellerId)).toEqual({ owed: -100_00, 'in-transit': 100_00 });
  expect(await itemsOf(payoutId)).toEqual({ [earning]: 100_00 });
});

test.each(['reserved', 'transferred'])(
  'a payout that was called off when it was %s and then adopted is on its way with its earning',
  async (status) => {
    const sellerId = await money.seller();
    const earning = await money.earn(sellerId, 100_00);
    const payoutId = await money.order(sellerId);
    await reservePayout(money.db, payoutId);
    if (status === 'transferred') await money.transfer(payoutId);
    await money.db.transaction().execute((tx) => cancelPayout(tx, payoutId, 'key_1'));
    const steps = ['transfer', 'payout'] as const;
    const made = { sellerId, payoutId, amount: 100_00 };
    await adoptMade(made, status === 'reserved' ? steps : ['payout']);
    expect(await readPayout(money.db, payoutId)).toMatchObject({
      status: 'sent',
      transferId: `tr_${payoutId.slice(7)}`,
      cancelAsked: false,
      ...madeBy(payoutId),
    });
    expect(await money.balances(sellerId)).toEqual({ owed: -100_00, 'in-transit': 100_00 });
    expect(await itemsOf(payoutId)).toEqual({ [earning]: 100_00 });
  },
);

test('a payout that was set aside again with other money than Stripe sent is taken over as it was sent', async () => {
  const sellerId = await money.seller();
  const known = await money.earn(sellerId, 100_00);
  const payoutId = await money.order(sellerId);
  await reservePayout(money.db, payoutId);
  await adoptMade({ sellerId, payoutId, amount: 150_00 });
  const stands = { status: 'sent', fromPlatform: 150_00, unknownStep: null, parked: null };
  expect(await readPayout(money.db, payoutId)).toMatchObject({ ...stands, ...madeBy(payoutId) });
  const lost = await money.earn(sellerId, 50_00);
  expect(await itemsOf(payoutId)).toEqual({ [known]: 100_00, [lost]: 50_00 });
  expect(await money.balances(sellerId)).toEqual({ owed: -150_00, 'in-transit': 150_00 });
});

test('a payout that stopped before the backup and was sent after it looks, and stands for nobody', async () => {
  const sellerId = await money.seller();
  await money.earn(sellerId, 100_00);
  const payoutId = await money.order(sellerId);
  await parkPayout(money.db, await reservePayout(money.db, payoutId), 'refused-by-stripe');
  await adoptMade({ sellerId, payoutId, amount: 100_00 }, ['transfer']);
  const looks = { parked: null, unknownStep: 'transfer', waitingFor: 'outcome-look-up' };
  expect(await readPayout(money.db, payoutId)).toMatchObject(looks);
});

test('an adopted payout that came back takes no earnings any more', async () => {
  const sellerId = await money.seller();
  const lost = await adoptLost(sellerId, 70_00);
  const payout = { ...(await readPayout(money.db, lost)), ...madeBy(lost) };
  await recordReturn(money.db, payout, { status: 'failed', failureCode: 'no_account' });
  const earning = await money.earn(sellerId, 70_00);
  expect([await itemsOf(lost), await allocatedOf(earning)]).toEqual([{}, 0]);
});
