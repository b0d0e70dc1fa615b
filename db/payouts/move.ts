import { sql, type UpdateObject } from 'kysely';
import type { PayoutId } from '../../domain/ids.ts';
import type { Entry, PayoutMoney } from '../../domain/ledger.ts';
import { minor } from '../../domain/money.ts';
import type { Payout, PayoutStatus } from '../../domain/payouts/states.ts';
import type { ParkReason } from '../../domain/parking/reasons.ts';
import type { Db } from '../connect.ts';
import { entryLines } from '../ledger.ts';
import type { Database } from '../schema/index.ts';
import { businessNow } from '../time.ts';
import { notWaiting, parkedAs, readAlong, readPayout, toPayout, updateAsRead } from './rows.ts';

/** Stops the payout until a person decides; everything stays as it is. */
export async function parkPayout(
  db: Db,
  before: Payout,
  reason: ParkReason,
  detail: string | null = null,
): Promise<Payout> {
  const change = { ...parkedAs(reason, detail), named_stripe_id: null, ...notWaiting };
  return updateAsRead(db, before, change);
}

type Move = {
  payoutId: PayoutId;
  from: PayoutStatus[];
  change: UpdateObject<Database, 'payouts'>;
  entries: Entry[];
  attempt?: { key: string; stripeId: string };
};

/**
 * One statement: the payout's new state, its ledger entries and its attempt's answer stand together
 * or not at all. A payout that moved already answers with the row that stands.
 */
export async function move(
  db: Db,
  { payoutId, from, change, entries, attempt }: Move,
): Promise<Payout> {
  const { columns, lines } = entryLines(entries);
  const row = await db
    .with('moved', (query) =>
      query
        .updateTable('payouts')
        .set(change)
        .where('id', '=', payoutId)
        .where('status', 'in', from)
        .returningAll()
        .returning(readAlong),
    )
    .with(
      'posted',
      () => sql<{ id: number }>`(
        insert into ledger_entries (${columns}) select line.* from moved, ${lines}
        returning id)`,
    )
    .with('answered', (query) =>
      query
        .updateTable('attempts')
        .set({ state: 'succeeded', stripe_id: attempt?.stripeId ?? '', decided_at: businessNow })
        .where('key', '=', attempt?.key ?? '')
        .where('state', 'in', ['started', 'unknown'])
        .where((eb) => eb.exists(eb.selectFrom('moved').select('id')))
        .returning('key'),
    )
    .selectFrom('moved')
    .selectAll()
    .executeTakeFirst();
  return row ? toPayout(row) : readPayout(db, payoutId);
}

/** What a payout carries, as its postings need it. */
export function moneyOf(payout: Payout): PayoutMoney {
  return {
    payoutId: payout.payoutId,
    sellerId: payout.sellerId,
    currency: payout.currency,
    fromPlatform: minor(payout.fromPlatform),
    fromAccount: minor(payout.fromAccount),
  };
}
