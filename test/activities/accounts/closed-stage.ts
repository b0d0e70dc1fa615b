import { expect } from 'vitest';
import { closeSeller } from '../../../db/sellers/commands.ts';
import { booksOf } from '../../build/books.ts';
import { startStage } from '../../build/stage.ts';

const day = 24 * 60;

/** A seller whose one payout is settled, and who was closed after it. */
export async function startClosed() {
  const stage = await startStage('payout');
  const books = await booksOf(stage);
  await stage.act();
  for (const days of [5, 11]) {
    await stage.moveMinutes(days * day);
    await stage.run.follow();
  }
  const order = { sellerId: stage.sellerId, reason: 'They left', by: 'key_1' };
  expect(await stage.db.transaction().execute((tx) => closeSeller(tx, order))).toBe('closed');
  return { stage, books };
}
