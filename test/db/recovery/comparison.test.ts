import { expect, test } from 'vitest';
import { readOperations } from '../../../db/money-stops/rows.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { listAdoptions } from '../../../db/recovery/adoptions.ts';
import {
  readUncompared,
  recordAlive,
  recordCompared,
  recordUnknownMade,
} from '../../../db/recovery/comparison.ts';
import { newId } from '../../../domain/ids.ts';
import { startMoneyDatabase, stopAllMoney } from '../../build/money.ts';

test('what is written after a backup was brought back is no sign of life', async () => {
  const own = await startMoneyDatabase(2);
  const hourMs = 3_600_000;
  const compared = 'of before the backup';
  const since = async () => Date.parse((await readUncompared(own.db))?.since ?? '');
  const restore = () =>
    own.db.updateTable('operations').set({ compared_start: compared }).execute();
  await restore();
  const { start = '' } = (await readUncompared(own.db)) ?? {};
  await recordCompared(own.db, start);
  await own.moveTo(hourMs);
  await recordAlive(own.db);
  const aliveAt = Date.now() + hourMs;
  await restore();
  await own.moveTo(5 * hourMs);
  await own.earn(await own.seller(), 100_00);
  await recordAlive(own.db);
  await recordCompared(own.db, 'a start of before');
  expect(Math.abs((await since()) + hourMs - aliveAt)).toBeLessThan(60_000);
  await recordCompared(own.db, start);
  expect(await readUncompared(own.db)).toBeUndefined();
  await restore();
  expect(Math.abs((await since()) - aliveAt - 3 * hourMs)).toBeLessThan(60_000);
  await own.db.destroy();
});

test('what waits for no time looks again after a comparison: its workflow may know more than its row', async () => {
  const own = await startMoneyDatabase(2);
  const sellerId = await own.seller();
  await own.earn(sellerId, 100_00);
  const payoutId = await own.order(sellerId);
  await reservePayout(own.db, payoutId);
  const other = await own.seller();
  await own.earn(other, 100_00);
  await own.sent(other);
  const notStarted = await own.order(await own.seller());
  const withoutAccount = await own.seller();
  await own.db
    .updateTable('sellers')
    .set({ stripe_account: null })
    .where('id', '=', withoutAccount)
    .execute();
  await own.db.updateTable('operations').set({ compared_start: 'of before the backup' }).execute();
  await own.db.deleteFrom('wake_ups').execute();
  const { start = '' } = (await readUncompared(own.db)) ?? {};
  await recordCompared(own.db, start);
  const woken = await own.db.selectFrom('wake_ups').select(['workflow_id', 'topics']).execute();
  expect(Object.fromEntries(woken.map((one) => [one.workflow_id, one.topics]))).toEqual({
    [`payout/${payoutId}`]: ['payouts'],
    [`payout/${notStarted}`]: ['payouts'],
    [`seller/${withoutAccount}`]: ['account'],
  });
  await own.db.destroy();
});

test('more than a statement takes values of is written down at once', async () => {
  const own = await startMoneyDatabase(2);
  const made = Array.from({ length: 10_000 }, (_, index) => ({
    stripeId: `po_${index}`,
    step: 'payout' as const,
    payoutId: newId('payout'),
    stripeAccount: 'acct_1' as const,
    amount: 100,
    currency: 'eur',
    createdAt: '2026-11-01T00:00:00.000Z',
  }));
  await recordUnknownMade(own.db, made);
  await recordUnknownMade(own.db, made);
  expect(await listAdoptions(own.db)).toHaveLength(10_000);
  await own.db.destroy();
});

test('what Stripe made unknown here stops money beside the reason of a person', async () => {
  const own = await startMoneyDatabase(2);
  await stopAllMoney(own.db, { reason: 'Fraud wave, do not resume.' });
  const made = (stripeId: string) => ({
    stripeId,
    step: 'payout' as const,
    payoutId: newId('payout'),
    stripeAccount: 'acct_1' as const,
    amount: 100,
    currency: 'eur',
    createdAt: '2026-11-01T00:00:00.000Z',
  });
  await recordUnknownMade(own.db, [made('po_1')]);
  await recordUnknownMade(own.db, [made('po_2')]);
  expect((await readOperations(own.db)).stops).toMatchObject([
    { cause: 'operator', reason: 'Fraud wave, do not resume.' },
    { cause: 'unknown-at-stripe', reason: expect.stringContaining('GET /v1/recovery') },
  ]);
  await own.db.destroy();
});
