import * as fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { wakeOverdue } from '../../../db/overdue.ts';
import { hasInFlight } from '../../../db/funds.ts';
import { isStartBlocked } from '../../../db/payouts/queue.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { readSellerForWorkflow } from '../../../db/sellers/steps.ts';
import { newId, type PayoutId, type SellerId } from '../../../domain/ids.ts';
import * as queue from '../../../domain/payouts/queue.ts';
import { isInFlight, payoutStatuses } from '../../../domain/payouts/states.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase();
});
afterAll(() => money.db.destroy());

const instant = fc.constantFrom('2020-01-01T10:00:00.000Z', '2020-01-01T10:00:00.001Z');
const payout = fc.record({
  currency: fc.constantFrom('eur', 'usd'),
  // Statuses that decide who is first come more often than the rest.
  status: fc.oneof(
    { weight: 3, arbitrary: fc.constant('requested' as const) },
    fc.constantFrom(...payoutStatuses),
  ),
  createdAt: instant,
  startedAt: fc.option(instant, { freq: 1 }),
});

/** The database allows one payout in flight for each currency. */
const payouts = fc
  .array(payout, { maxLength: 6 })
  .map((all) => {
    const isFirst = (index: number, currency: string): boolean =>
      all.findIndex((one) => isInFlight(one.status) && one.currency === currency) === index;
    return all.filter(
      ({ status, currency }, index) => !isInFlight(status) || isFirst(index, currency),
    );
  })
  .map((all) => all.map((one) => ({ ...one, id: newId('payout') })));

type Row = queue.Queued;

test('the database starts the payouts of a seller in the order of the domain', async () => {
  await fc.assert(
    fc.asyncProperty(payouts, async (all) => {
      const sellerId = await money.seller();
      await insert(sellerId, all);
      const first = all.filter((one) => queue.waitsToStart(one) && !queue.payoutBefore(one, all));
      const { startablePayouts } = await readSellerForWorkflow(money.db, sellerId);
      expect([...startablePayouts].sort()).toEqual(first.map(({ id }) => id).sort());
      await wakeOverdue(money.db, 0);
      const topics = (await money.wakeUps())[`seller/${sellerId}`] ?? [];
      expect(topics.includes('deadline')).toBe(first.length > 0);
      for (const one of all) await compare(one, all);
    }),
    { numRuns: 60 },
  );
});

/** What the database says of one payout beside all of its seller. */
async function compare(one: Row, all: readonly Row[]): Promise<void> {
  const beside = all.filter(({ currency }) => currency === one.currency);
  const { rows } = await sql<{ busy: boolean; inFlight: boolean }>`
    select ${isStartBlocked(columns)} as busy, ${hasInFlight(columns)} as "inFlight"
    from payouts where id = ${one.id}
  `.execute(money.db);
  expect(rows).toEqual([
    {
      busy: beside.some(queue.blocksStart),
      inFlight: beside.some(({ status }) => isInFlight(status)),
    },
  ]);
  const { othersWait } = await readPayout(money.db, one.id);
  const others = beside.filter(({ id }) => id !== one.id);
  expect(othersWait).toBe(others.some(queue.waitsToStart));
}

const columns = { seller_id: sql.ref('payouts.seller_id'), currency: sql.ref('payouts.currency') };

async function insert(sellerId: SellerId, all: readonly (Row & { id: PayoutId })[]): Promise<void> {
  if (all.length === 0) return;
  await money.db
    .insertInto('payouts')
    .values(
      all.map(({ id, currency, status, createdAt, startedAt }, index) => ({
        id,
        seller_id: sellerId,
        currency,
        status,
        ordered_by: 'test',
        // Microseconds, which the domain does not see.
        created_at: createdAt.replace('Z', `${900 - index}Z`),
        started_at: startedAt,
      })),
    )
    .execute();
}
