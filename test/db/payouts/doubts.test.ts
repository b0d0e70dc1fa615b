import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cancelPayout } from '../../../db/payouts/cancellations.ts';
import { recordDoubt } from '../../../db/payouts/doubts.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { parkPayout } from '../../../db/payouts/steps.ts';
import type { PayoutId } from '../../../domain/ids.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(4);
});
afterAll(() => money.db.destroy());

/** A reserved payout of which a person said that its transfer was not sent. */
async function notSent() {
  const sellerId = await money.seller();
  await money.earn(sellerId, 100_00);
  const payoutId = await money.order(sellerId);
  await reservePayout(money.db, payoutId);
  const key = await money.send(payoutId, 'transfer');
  await money.db
    .updateTable('attempts')
    .set({ state: 'refused', refusal: 'confirmed-not-sent', decided_at: new Date().toISOString() })
    .where('key', '=', key)
    .execute();
  return { payoutId, before: await readPayout(money.db, payoutId) };
}

const attemptsOf = async (payoutId: PayoutId) => {
  const attempts = money.db
    .selectFrom('attempts')
    .select('state')
    .where('object_id', '=', payoutId);
  return (await attempts.orderBy('number').execute()).map(({ state }) => state);
};

const doubt = { step: 'transfer', detail: null, isMade: true } as const;

describe('a step that is in doubt again', () => {
  test('has its attempt looked up', async () => {
    const { payoutId, before } = await notSent();
    expect(await recordDoubt(money.db, before, doubt)).toMatchObject({ unknownStep: 'transfer' });
    expect(await attemptsOf(payoutId)).toEqual(['unknown']);
  });

  test('of a payout that was canceled meanwhile changes nothing', async () => {
    const { payoutId, before } = await notSent();
    await money.db.transaction().execute((tx) => {
      return cancelPayout(tx, payoutId, 'key_1', { isLooked: true });
    });
    expect(await recordDoubt(money.db, before, doubt)).toMatchObject({ status: 'canceled' });
    expect(await attemptsOf(payoutId)).toEqual(['refused']);
  });

  test('of a payout that was parked meanwhile changes nothing', async () => {
    const { payoutId, before } = await notSent();
    await parkPayout(money.db, before, 'refused-by-stripe');
    const row = await recordDoubt(money.db, before, doubt);
    expect(row).toMatchObject({ parked: 'refused-by-stripe', unknownStep: null });
    expect(await attemptsOf(payoutId)).toEqual(['refused']);
  });

  test('of a payout that is looked up already changes nothing', async () => {
    const { payoutId, before } = await notSent();
    await money.db
      .updateTable('payouts')
      .set({ unknown_step: 'transfer', look_ups: 2 })
      .where('id', '=', payoutId)
      .execute();
    expect(await recordDoubt(money.db, before, doubt)).toMatchObject({ lookUps: 2 });
    expect(await attemptsOf(payoutId)).toEqual(['refused']);
  });
});
