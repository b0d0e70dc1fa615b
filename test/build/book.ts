import { sql } from 'kysely';
import { expect } from 'vitest';
import type { PayoutId } from '../../domain/ids.ts';
import type { RunningEngine } from './engine.ts';

type Moved = { amount: number; metadata: Record<string, string>; status?: string };

/** The sandbox's own book has one transfer and one payout for it, and our ledger agrees. */
export async function expectPaidOnce(
  engine: RunningEngine,
  payoutId: PayoutId,
  amount: number,
): Promise<void> {
  const book = await engine.control('GET', '/book');
  const ours = ({ metadata }: Moved): boolean => metadata['payout_id'] === payoutId;
  const transfers = (book.transfers as Moved[]).filter((transfer) => ours(transfer));
  const payouts = (book.payouts as Moved[]).filter((payout) => ours(payout));
  expect(transfers.map((transfer) => transfer.amount)).toEqual([amount]);
  expect(payouts.map((payout) => payout.amount)).toEqual([amount]);
  expect(book.payouts, 'nothing but ours was paid out').toHaveLength(1);
  const { rows } = await sql<{ place: string; amount: number }>`
    select place, amount from balances where amount <> 0 order by place
  `.execute(engine.db);
  expect(rows).toEqual([
    { place: 'bank', amount },
    { place: 'owed', amount: -amount },
  ]);
}
