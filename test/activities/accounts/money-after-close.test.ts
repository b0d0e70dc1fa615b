import { afterEach, beforeEach, expect, test } from 'vitest';
import { listAttention } from '../../../db/attention/waiting-for-people.ts';
import { reopenSeller } from '../../../db/sellers/commands.ts';
import { readSellerForWorkflow } from '../../../db/sellers/steps.ts';
import { booksOf } from '../../build/books.ts';
import type { Stage } from '../../build/stage.ts';
import { startClosed } from './closed-stage.ts';

const day = 24 * 60;
let stage: Stage;
let books: Awaited<ReturnType<typeof booksOf>>;
afterEach(() => stage.close());
beforeEach(async () => {
  ({ stage, books } = await startClosed());
});

const seller = () => readSellerForWorkflow(stage.db, stage.sellerId);
const kinds = [
  ['income of the seller', () => books.charge(70_00)],
  ['a transfer that the engine did not order', () => books.transfer(70_00)],
] as const;

test.each(kinds)('%s after the seller was closed is told to a person', async (_what, comes) => {
  await comes();
  await stage.moveMinutes(day + 1);
  await stage.run.rereadAccounts();
  const told = await listAttention(stage.db, { filter: { kind: 'seller' }, limit: 9 });
  expect(told).toMatchObject([
    { id: stage.sellerId, parked: 'money-after-close', atStake: [{ currency: 'usd' }] },
  ]);
  const events = stage.db
    .selectFrom('events')
    .select('type')
    .where('object_id', '=', stage.sellerId);
  expect(await events.execute()).toContainEqual({ type: 'seller.parked' });
  await stage.db
    .transaction()
    .execute((tx) => reopenSeller(tx, { sellerId: stage.sellerId, reason: 'back', by: 'key_1' }));
  expect(await seller()).toMatchObject({ parked: null });
  expect((await seller()).status).not.toBe('closed');
});

test('a closed seller whose books say nothing new waits for nobody', async () => {
  await stage.run.readMovements();
  expect(await seller()).toMatchObject({ status: 'closed', parked: null });
});
