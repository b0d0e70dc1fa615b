import { sql } from 'kysely';
import { expect } from 'vitest';
import type { PayoutId } from '../../domain/ids.ts';
import type { RunningEngine } from './engine.ts';

type Moved = { amount: number; metadata: Record<string, string> };

type Paid = { payoutId: PayoutId; amount: number };

/** Expects one transfer and one payout in the sandbox's own book, and the same in our ledger. */
export async function expectPaidOnce(
  engine: RunningEngine,
  payoutId: PayoutId,
  amount: number,
): Promise<void> {
  await expectEachPaidOnce(engine, [{ payoutId, amount }]);
}

/** Expects the same of every payout, each for a seller of its own. */
export async function expectEachPaidOnce(
  engine: RunningEngine,
  paid: readonly Paid[],
): Promise<void> {
  const book = await engine.control('GET', '/book');
  const amountsOf = (moved: Moved[], payoutId: PayoutId): number[] =>
    moved.filter(({ metadata }) => metadata['payout_id'] === payoutId).map(({ amount }) => amount);
  for (const { payoutId, amount } of paid) {
    expect(amountsOf(book.transfers, payoutId)).toEqual([amount]);
    expect(amountsOf(book.payouts, payoutId)).toEqual([amount]);
  }
  expect(book.payouts, 'nothing but ours was paid out').toHaveLength(paid.length);
  const { rows } = await sql<{ place: string; amount: number }>`
    select place, amount from balances where amount <> 0 order by place, abs(amount)
  `.execute(engine.db);
  const amounts = paid.map(({ amount }) => amount).sort((left, right) => left - right);
  expect(rows).toEqual([
    ...amounts.map((amount) => ({ place: 'bank', amount })),
    ...amounts.map((amount) => ({ place: 'owed', amount: -amount })),
  ]);
}
