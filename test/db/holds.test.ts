import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'kysely';
import { beforeAll, describe, expect, test } from 'vitest';
import { readBalances } from '../../db/funds.ts';
import { type NewHold, placeHold, releaseHold } from '../../db/holds.ts';
import { cancelPayout, recordCancelAnswer } from '../../db/payouts/cancellations.ts';
import { reservePayout } from '../../db/payouts/reservation.ts';
import { readPayout } from '../../db/payouts/rows.ts';
import * as orders from '../../db/sellers/commands.ts';
import * as pauses from '../../db/sellers/pauses.ts';
import { readSellerForWorkflow } from '../../db/sellers/steps.ts';
import { clearTry, openAttempt } from '../../db/stripe/attempts.ts';
import { holdReasonCodes } from '../../domain/holds.ts';
import { type HoldId, newId, type PayoutId, type SellerId } from '../../domain/ids.ts';
import { isOver, payoutStatuses } from '../../domain/payouts/states.ts';
import type { OpenThings } from '../../domain/sellers.ts';
import { attemptOf, type MoneyDatabase, startMoneyDatabase } from '../build/money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(20);
});
const by = 'key_of_the_tests';

const hold = (sellerId: SellerId, given: Partial<NewHold> = {}) =>
  money.db.transaction().execute((tx) => {
    const all = { source: 'operator', reason: 'why', currency: null, amount: null } as const;
    return placeHold(tx, { sellerId, ...all, expiresAt: null, ...given }, by);
  });
const release = (holdId: HoldId) =>
  money.db.transaction().execute((tx) => releaseHold(tx, { holdId, reason: 'fine', by }));
const cancel = (payoutId: PayoutId) =>
  money.db.transaction().execute((tx) => cancelPayout(tx, payoutId, by));
const inTx = <T>(run: Parameters<ReturnType<typeof money.db.transaction>['execute']>[0]) =>
  money.db.transaction().execute(run) as Promise<T>;

async function sellerWith(amount: number): Promise<SellerId> {
  const sellerId = await money.seller();
  await money.earn(sellerId, amount);
  return sellerId;
}

describe('a hold', () => {
  test('of all keeps a payout waiting until its release wakes it', async () => {
    const sellerId = await sellerWith(100_00);
    const { id } = await hold(sellerId);
    const payoutId = await money.order(sellerId);
    expect(await reservePayout(money.db, payoutId)).toMatchObject({
      status: 'requested',
      waitingFor: 'hold',
      stops: [{ kind: 'hold', holdId: id, by }],
    });
    await money.forgetWakeUps();
    expect(await release(id)).toMatchObject({ state: 'released', releasedBy: by });
    expect(await money.wakeUps()).toEqual({
      [`payout/${payoutId}`]: ['payouts'],
      [`seller/${sellerId}`]: ['payouts'],
    });
    expect(await reservePayout(money.db, payoutId)).toMatchObject({ fromPlatform: 100_00 });
  });

  test('may have every reason code, and the workflow reads the code', async () => {
    const sellerId = await sellerWith(1);
    for (const reasonCode of holdReasonCodes) await hold(sellerId, { reasonCode });
    const { stops } = await readSellerForWorkflow(money.db, sellerId);
    const read = stops?.flatMap((stop) => (stop.kind === 'hold' ? stop.reasonCode : []));
    expect(read?.toSorted()).toEqual(holdReasonCodes.toSorted());
  });

  test('until a time keeps a payout waiting exactly until then', async () => {
    const sellerId = await sellerWith(100_00);
    const { rows } = await sql<{ at: string }>`
      select business_now() + interval '2 days' as at`.execute(money.db);
    const expiresAt = rows[0]?.at ?? '';
    await hold(sellerId, { expiresAt });
    await hold(sellerId, { expiresAt: '2040-01-01T00:00:00.000Z' });
    const waiting = await reservePayout(money.db, await money.order(sellerId));
    expect(waiting).toMatchObject({ waitingFor: 'hold', lookAgainAt: expiresAt });
    const { stops } = await readSellerForWorkflow(money.db, sellerId);
    expect(stops).toMatchObject([{ expiresAt }, { expiresAt: '2040-01-01T00:00:00.000Z' }]);
  });

  test('released does not lift another', async () => {
    const sellerId = await sellerWith(100_00);
    const first = await hold(sellerId, { currency: 'eur', amount: 30_00 });
    await hold(sellerId, { currency: 'eur', amount: 50_00 });
    const payable = async () => (await readBalances(money.db, sellerId))[0]?.payable;
    expect(await payable()).toBe(20_00);
    await release(first.id);
    expect(await payable()).toBe(50_00);
    expect(await release(first.id)).toBeUndefined();
    const payoutId = await money.order(sellerId);
    expect(await reservePayout(money.db, payoutId)).toMatchObject({ fromPlatform: 50_00 });
  });

  test('and a reservation at the same moment: one is wholly before the other', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < 20; round += 1) {
      const sellerId = await sellerWith(100_00);
      const payoutId = await money.order(sellerId);
      const [, payout] = await Promise.all([
        hold(sellerId, { currency: 'eur', amount: 40_00 }),
        reservePayout(money.db, payoutId),
      ]);
      seen.add(String(payout.fromPlatform));
    }
    for (const taken of seen) expect(['10000', '6000']).toContain(taken);
  });

  test.each([
    ['deleted', sql`delete from holds`],
    ['truncated', sql`truncate holds`],
    ['changed', sql`update holds set amount = 1, currency = 'eur'`],
    [
      'released twice',
      sql`update holds set released_by = 'x', released_at = now(), release_reason = 'y'
        where released_at is not null`,
    ],
  ])('cannot be %s', async (_how, statement) => {
    await release((await hold(await money.seller())).id);
    await expect(statement.execute(money.db)).rejects.toThrow(/append-only|one release/);
  });
});

describe('a paused seller', () => {
  test('has payouts that wait, and resuming wakes them', async () => {
    const sellerId = await sellerWith(100_00);
    const payoutId = await money.order(sellerId);
    await inTx((tx) => pauses.pauseSeller(tx, { sellerId, reason: 'why', by }));
    expect(await reservePayout(money.db, payoutId)).toMatchObject({
      waitingFor: 'seller-paused',
      stops: [{ kind: 'pause', by }],
    });
    const later = await readPayout(money.db, await money.order(sellerId));
    expect(later.waitingFor).toBe('seller-paused');
    await money.forgetWakeUps();
    await inTx((tx) => pauses.resumeSeller(tx, { sellerId, reason: 'fine', by }));
    expect(Object.keys(await money.wakeUps())).toContain(`payout/${payoutId}`);
    expect(await reservePayout(money.db, payoutId)).toMatchObject({ status: 'reserved' });
  });

  test('is paused and paid at the same moment without anybody waiting in a ring', async () => {
    const sellerId = await sellerWith(100_00);
    const payoutId = await money.order(sellerId);
    for (let round = 0; round < 20; round += 1) {
      await Promise.all([
        inTx((tx) => pauses.pauseSeller(tx, { sellerId, reason: 'why', by })),
        reservePayout(money.db, payoutId),
      ]);
      await inTx((tx) => pauses.resumeSeller(tx, { sellerId, reason: 'fine', by }));
    }
    expect(await reservePayout(money.db, payoutId)).toMatchObject({ status: 'reserved' });
  });
});

describe('a seller', () => {
  const close = (sellerId: SellerId) =>
    inTx<OpenThings | 'closed'>((tx) => orders.closeSeller(tx, { sellerId, reason: 'why', by }));

  test('is not closed while anything is open, and is told what', async () => {
    const sellerId = await sellerWith(100_00);
    const { id } = await hold(sellerId, { currency: 'eur', amount: 1_00 });
    const payoutId = await money.order(sellerId);
    expect(await close(sellerId)).toEqual({
      money: [{ place: 'platform', currency: 'eur', amount: 100_00 }],
      payouts: [payoutId],
      watches: [],
      holds: [id],
      keptHolds: [],
      earnings: [expect.stringMatching(/^earn_/)],
      counts: { payouts: 1, watches: 0, holds: 1, earnings: 1 },
    });
  });

  test.each(payoutStatuses)(
    'with a payout that is %s is closed if that is over',
    async (status) => {
      const sellerId = await money.seller();
      const order = { seller_id: sellerId, currency: 'eur', ordered_by: 'test' };
      await money.db
        .insertInto('payouts')
        .values({ id: newId('payout'), ...order, status })
        .execute();
      expect((await close(sellerId)) === 'closed').toBe(isOver({ status }));
    },
  );

  test('is closed when nothing is, and opened again as the account says', async () => {
    const sellerId = await money.seller();
    expect(await close(sellerId)).toBe('closed');
    expect((await readSellerForWorkflow(money.db, sellerId)).status).toBe('closed');
    await money.forgetWakeUps();
    await inTx((tx) => orders.reopenSeller(tx, { sellerId, reason: 'back', by: 'key_1' }));
    expect((await readSellerForWorkflow(money.db, sellerId)).status).toBe('onboarding');
    const [topics] = Object.values(await money.wakeUps());
    expect(topics?.sort()).toEqual(['account', 'reopened']);
  });
});

describe('calling a payout off', () => {
  test.each(['requested', 'reserved', 'transferred'] as const)(
    'that is %s frees its money where it is, and its earnings',
    async (stage) => {
      const sellerId = await sellerWith(100_00);
      const payoutId = await money.order(sellerId);
      if (stage !== 'requested') await reservePayout(money.db, payoutId);
      if (stage === 'transferred') await money.transfer(payoutId);
      expect(await cancel(payoutId)).toMatchObject({ kind: 'end' });
      expect(await readPayout(money.db, payoutId)).toMatchObject({ status: 'canceled' });
      const place = stage === 'transferred' ? 'account' : 'platform';
      expect(await money.balances(sellerId)).toEqual({ owed: -100_00, [place]: 100_00 });
      expect(await cancel(payoutId)).toEqual({ kind: 'nothing-to-do' });
      const next = await reservePayout(money.db, await money.order(sellerId));
      expect(next.fromPlatform + next.fromAccount).toBe(100_00);
    },
  );

  test('by the engine leaves all as it is while a request has no answer', async () => {
    const sellerId = await sellerWith(100_00);
    const payoutId = await money.order(sellerId);
    await reservePayout(money.db, payoutId);
    await money.send(payoutId, 'transfer');
    const before = await readPayout(money.db, payoutId);
    expect(await cancel(payoutId)).toMatchObject({ kind: 'look-up', why: 'open-request' });
    expect(await readPayout(money.db, payoutId)).toEqual({ ...before, now: expect.any(String) });
  });

  test('at Stripe is asked for once, and again after a refusal', async () => {
    const payoutId = await money.sent(await sellerWith(100_00));
    expect(await cancel(payoutId)).toEqual({ kind: 'ask-stripe' });
    expect(await cancel(payoutId)).toEqual({ kind: 'nothing-to-do' });
    const asked = await readPayout(money.db, payoutId);
    expect(asked.cancelAsked).toBe(true);
    expect(await recordCancelAnswer(money.db, asked, 'refused')).toMatchObject({
      status: 'sent',
      cancelAsked: false,
    });
    expect(await cancel(payoutId)).toEqual({ kind: 'ask-stripe' });
  });

  test('and sending it at the same moment: never both', { timeout: 120_000 }, async () => {
    const seen = { canceled: 0, sent: 0 };
    for (let round = 0; round < 60; round += 1) {
      const payoutId = await money.order(await sellerWith(100_00));
      await reservePayout(money.db, payoutId);
      // Half of them are opened already, so that the race is for the last look before the POST.
      const asked = attemptOf(payoutId, 'transfer');
      if (round % 2 === 0) await openAttempt(money.db, asked);
      // A race that one side always wins proves nothing, so each has a long start once.
      const [cleared, plan] = await Promise.all([
        pause(round === 0 ? 200 : Math.random() * 4).then(() => send(payoutId)),
        pause(round === 1 ? 200 : 0).then(() => cancel(payoutId)),
      ]);
      const { status } = await readPayout(money.db, payoutId);
      const isCanceled = plan?.kind === 'end';
      expect(status).toBe(isCanceled ? 'canceled' : 'reserved');
      expect(cleared).toBe(!isCanceled);
      seen[isCanceled ? 'canceled' : 'sent'] += 1;
      if (isCanceled) expect(await openAttempt(money.db, asked)).toMatchObject({ why: 'canceled' });
    }
    expect(seen.canceled).toBeGreaterThan(0);
    expect(seen.sent).toBeGreaterThan(0);
  });
});

/** As an activity does: opens the attempt and takes the last look; true when it would post. */
async function send(payoutId: PayoutId): Promise<boolean> {
  const attempt = await openAttempt(money.db, attemptOf(payoutId, 'transfer'));
  if (attempt.state === 'not-opened') return false;
  const { clearance } = await clearTry(money.db, attempt.key, []);
  return clearance === 'send';
}
