import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordAccountRead } from '../../db/accounts/reads.ts';
import type { Tx } from '../../db/connect.ts';
import { placeHold, releaseHold } from '../../db/holds.ts';
import { cancelPayout } from '../../db/payouts/cancellations.ts';
import { lockParked } from '../../db/payouts/commands.ts';
import { reservePayout } from '../../db/payouts/reservation.ts';
import { readPayout } from '../../db/payouts/rows.ts';
import { recordReturn } from '../../db/reconciliation/stopped-payouts.ts';
import { pauseSeller, resumeSeller } from '../../db/sellers/pauses.ts';
import { addWakeUps } from '../../db/wake-ups.ts';
import { until } from '../../dev/wait.ts';
import {
  type HoldId,
  type PayoutId,
  payoutWorkflowId,
  type SellerId,
  sellerWorkflowId,
} from '../../domain/ids.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../build/money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase();
});
afterAll(() => money.db.destroy());

const inTransaction = (step: (tx: Tx) => Promise<unknown>) => money.db.transaction().execute(step);
const order = (sellerId: SellerId) => ({ sellerId, reason: 'a reason', by: 'key_1' });

describe('the lock on a seller comes before that on a payout, so that nobody waits in a ring', () => {
  type Case = [name: string, status: string, act: (at: At) => Promise<unknown>];
  type At = { sellerId: SellerId; payoutId: PayoutId };
  const cases: Case[] = [
    ['a reservation', 'requested', ({ payoutId }) => reservePayout(money.db, payoutId)],
    [
      'a payout that comes back',
      'sent',
      async ({ payoutId }) => {
        const payout = {
          ...(await readPayout(money.db, payoutId)),
          stripePayoutId: 'po_1' as const,
        };
        await recordReturn(money.db, payout, { status: 'failed', failureCode: null });
      },
    ],
    [
      'a cancellation',
      'requested',
      ({ payoutId }) => inTransaction((tx) => cancelPayout(tx, payoutId, 'key_1')),
    ],
    [
      'a decision about what stopped',
      'sent',
      ({ payoutId }) => inTransaction((tx) => lockParked(tx, payoutId)),
    ],
    [
      'a pause',
      'requested',
      ({ sellerId }) => inTransaction((tx) => pauseSeller(tx, order(sellerId))),
    ],
    [
      'the end of a pause',
      'paused',
      ({ sellerId }) => inTransaction((tx) => resumeSeller(tx, order(sellerId))),
    ],
  ];
  test.each(cases)('in %s', async (_name, status, act) => {
    const sellerId = await money.seller();
    await money.earn(sellerId, 100_00);
    const payoutId = status === 'sent' ? await money.sent(sellerId) : await money.order(sellerId);
    if (status === 'paused') await inTransaction((tx) => pauseSeller(tx, order(sellerId)));
    await expectSellerFirst(sellerId, sql`select from payouts where id = ${payoutId}`, () =>
      act({ sellerId, payoutId }),
    );
  });

  test('and before that on a hold, in a release', async () => {
    const sellerId = await money.seller();
    const all = { currency: null, amount: null, expiresAt: null, reason: 'a reason' };
    const placed = await money.db
      .transaction()
      .execute((tx) => placeHold(tx, { sellerId, source: 'operator', ...all }, 'key_1'));
    const holdId = placed.id;
    await expectSellerFirst(sellerId, sql`select from holds where id = ${holdId}`, () =>
      inTransaction((tx) => releaseHold(tx, { holdId, reason: 'a reason', by: 'key_1' })),
    );
  });
});

test('a release locks the payouts that waited for the hold before its earning', async () => {
  const sellerId = await money.seller();
  const earningId = await money.earn(sellerId, 100_00);
  const payoutId = await money.order(sellerId, 40_00);
  await reservePayout(money.db, payoutId);
  const amount = { currency: 'eur', amount: 10_00, expiresAt: null } as const;
  const hold = { sellerId, earningId, source: 'operator', reason: 'a reason', ...amount } as const;
  let holdId: HoldId | undefined;
  await inTransaction(async (tx) => {
    ({ id: holdId } = await placeHold(tx, hold, 'key_1'));
    await tx
      .updateTable('payouts')
      .set({ waiting_for: 'hold' })
      .where('id', '=', payoutId)
      .execute();
  });
  await whileHeld(
    sql`select from payouts where id = ${payoutId}`,
    () =>
      inTransaction((tx) => releaseHold(tx, { holdId: holdId!, reason: 'a reason', by: 'key_1' })),
    async () => {
      const { rows: free } = await sql`
        select from earnings where id = ${earningId} for no key update skip locked
      `.execute(money.db);
      expect(free).toHaveLength(1);
    },
  );
  const { held } = await money.db
    .selectFrom('earnings')
    .select('held')
    .where('id', '=', earningId)
    .executeTakeFirstOrThrow();
  expect(held).toBe(0);
});

test('a read of an account writes the wake-ups of its seller and payouts in one order', async () => {
  const sellerId = await money.seller();
  const bank = { currency: 'eur', status: 'new', isDefault: true };
  const read = (stripeId: string) =>
    recordAccountRead(money.db, sellerId, {
      askedAt: new Date().toISOString(),
      transfers: 'active',
      payouts: 'active',
      bankCoolingHours: 0,
      banks: [{ ...bank, stripeId, fingerprint: `${stripeId} of ${sellerId}` }],
    });
  await read('ba_1');
  await money.earn(sellerId, 10_00);
  const sent = await readPayout(money.db, await money.sent(sellerId));
  const why = { status: 'failed', failureCode: 'account_closed', bankAccount: 'ba_1' } as const;
  await recordReturn(money.db, { ...sent, stripePayoutId: sent.stripePayoutId ?? 'po_1' }, why);
  await money.earn(sellerId, 10_00);
  const payoutId = await money.order(sellerId);
  await reservePayout(money.db, payoutId);
  const [first, second] = [payoutWorkflowId(payoutId), sellerWorkflowId(sellerId)];
  await addWakeUps(money.db, [{ workflowId: first, topics: ['payouts'] }]);
  let done: Promise<unknown> = Promise.resolve();
  await inTransaction(async (tx) => {
    await sql`select from wake_ups where workflow_id = ${first} for update`.execute(tx);
    done = read('ba_2');
    await untilSomebodyWaits();
    const { rows: free } = await sql`
      select from wake_ups where workflow_id = ${second} for update skip locked
    `.execute(tx);
    expect(free.length).toBe(1);
  });
  await done;
});

async function untilSomebodyWaits(): Promise<void> {
  await until('it waits for the row', async () => {
    const { rows } = await sql`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`.execute(money.db);
    return rows.length > 0;
  });
}

/** Whoever waits for the row that is held here has locked the seller already. */
async function expectSellerFirst(
  sellerId: SellerId,
  held: ReturnType<typeof sql>,
  act: () => Promise<unknown>,
): Promise<void> {
  await whileHeld(held, act, async () => {
    const { rows: free } = await sql`
      select from sellers where id = ${sellerId} for no key update skip locked
    `.execute(money.db);
    expect(free).toEqual([]);
  });
}

/** Holds a row, begins to act, and looks at the locks while the act waits for the row. */
async function whileHeld(
  held: ReturnType<typeof sql>,
  act: () => Promise<unknown>,
  look: () => Promise<void>,
): Promise<void> {
  let done: Promise<unknown> = Promise.resolve();
  await inTransaction(async (tx) => {
    await sql`${held} for update`.execute(tx);
    done = act();
    await untilSomebodyWaits();
    await look();
  });
  await done;
}
