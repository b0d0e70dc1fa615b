import { afterAll, beforeAll, expect, test } from 'vitest';
import { adoptAll, listAdoptions } from '../../db/adoptions.ts';
import { recordMovements } from '../../db/movements.ts';
import { readOperations } from '../../db/operations.ts';
import { newId } from '../../domain/ids.ts';
import { movement } from './lines.ts';
import { startMoneyDatabase, type MoneyDatabase } from './money.ts';

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
  expect(await readOperations(money.db)).toMatchObject({ moneyStopped: true, changedBy: 'engine' });
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
