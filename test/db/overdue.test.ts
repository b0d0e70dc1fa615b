import { afterAll, beforeAll, expect, test } from 'vitest';

import { listOpenRows } from '../../db/overdue.ts';
import { recordPayoutStarted } from '../../db/payouts/rows.ts';
import type { PayoutId } from '../../domain/ids.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../build/money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase();
});
afterAll(() => money.db.destroy());

async function listOpenPayouts(olderThanSeconds: number): Promise<PayoutId[]> {
  const rows = await listOpenRows(money.db, olderThanSeconds);
  return rows.flatMap((row) => (row.kind === 'payout' ? [row.payoutId] : []));
}

test('a payout that waits for its turn needs no workflow, and one that was started does', async () => {
  const sellerId = await money.seller();
  await money.earn(sellerId, 100_00);
  const payoutId = await money.order(sellerId);
  expect(await listOpenPayouts(0)).not.toContain(payoutId);
  await recordPayoutStarted(money.db, payoutId);
  expect(await listOpenPayouts(0)).toContain(payoutId);
  expect(await listOpenPayouts(60)).not.toContain(payoutId);
});

test('a payout that has moved needs its workflow, though its start was never noted', async () => {
  const sellerId = await money.seller();
  await money.earn(sellerId, 100_00);
  const payoutId = await money.sent(sellerId);
  await money.db
    .updateTable('payouts')
    .set({ started_at: null })
    .where('id', '=', payoutId)
    .execute();
  expect(await listOpenPayouts(0)).toContain(payoutId);
  expect(await listOpenPayouts(60)).not.toContain(payoutId);
});
