import { beforeAll, expect, test } from 'vitest';
import { recordEntries } from '../../../db/ledger.ts';
import { openPayday, recordSchedule } from '../../../db/paydays/rows.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { replaceShortPayouts } from '../../../db/payouts/shortfalls.ts';
import { recordWait } from '../../../db/payouts/steps.ts';
import { recordRefused } from '../../../db/stripe/answers.ts';
import { minor } from '../../../domain/money.ts';
import { manualSchedule } from '../../../domain/paydays/schedule.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase();
});

test('what takes the place of a short payout of a payday keeps its payday and its cut-off', async () => {
  const { db } = money;
  const sellerId = await money.seller();
  await money.earn(sellerId, 100_00);
  const payoutId = await money.order(sellerId);
  const payday = { payday: '2026-01-02T08:00:00.000Z', cut_off_at: '2026-01-01T00:00:00.000Z' };
  await reservePayout(db, payoutId);
  await db.updateTable('payouts').set(payday).where('id', '=', payoutId).execute();
  await money.transfer(payoutId);
  const key = await money.send(payoutId, 'payout');
  await recordRefused(db, { key, refusal: 'balance-insufficient', error: {} });
  const wait = { reason: 'account-balance', minutes: 60 } as const;
  await recordWait(db, await readPayout(db, payoutId), wait);
  const amount = minor(60_00);
  await recordEntries(db, [
    {
      eventKey: 'txn_away',
      kind: 'foreign',
      sellerId,
      currency: 'eur',
      from: 'account',
      to: 'foreign',
      amount,
    },
  ]);
  await db.transaction().execute((tx) => replaceShortPayouts(tx, sellerId));
  const rows = await db
    .selectFrom('payouts')
    .select(['status', 'ordered_by', 'payday', 'cut_off_at'])
    .where('seller_id', '=', sellerId)
    .orderBy('created_at')
    .execute();
  expect(rows).toEqual([
    { status: 'skipped', ordered_by: expect.any(String), ...payday },
    { status: 'requested', ordered_by: 'account-short', ...payday },
  ]);
  // The payday that was opened is still the one that stands.
  const schedule = { ...manualSchedule, interval: 'daily' as const };
  const nextPayoutAt = payday.payday;
  await db.transaction().execute((tx) => recordSchedule(tx, { sellerId, schedule, nextPayoutAt }));
  await openPayday(db, sellerId, () => ({ latest: null, upcoming: [] }));
  const { length } = await db
    .selectFrom('payouts')
    .selectAll()
    .where('seller_id', '=', sellerId)
    .execute();
  expect(length).toBe(2);
});
