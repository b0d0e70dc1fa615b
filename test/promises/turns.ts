import { sql } from 'kysely';
import type { Db } from '../../db/connect.ts';
import { reservePayout } from '../../db/payouts/reservation.ts';
import { newId, type PayoutId, type SellerId } from '../../domain/ids.ts';
import { payoutBefore, waitsToStart } from '../../domain/payouts/queue.ts';
import { stepsOf } from '../build/money.ts';

/** Closes a seller, whose money then is no part of what is due to the next seller. */
export async function close(db: Db, sellerId: SellerId): Promise<void> {
  await db.updateTable('sellers').set({ status: 'closed' }).where('id', '=', sellerId).execute();
}

/** All payouts of a seller. */
export async function payoutsOf(db: Db, sellerId: SellerId) {
  return db.selectFrom('payouts').selectAll().where('seller_id', '=', sellerId).execute();
}

/** What a payout set aside when its turn came, or why it set nothing aside. */
export type Turn = { reserved: number; reason: string | null };

/**
 * Starts payouts in the order of their queue, as the seller's workflow does, until each one is sent
 * or the first one of its currency waits.
 */
export async function takeTurns(
  db: Db,
  sellerId: SellerId,
  turns: Map<PayoutId, Turn>,
): Promise<void> {
  const steps = stepsOf(db, newId('key'));
  for (;;) {
    const all = (await payoutsOf(db, sellerId)).map((row) => {
      return { ...row, createdAt: row.created_at, startedAt: row.started_at };
    });
    const next = all.find((one) => waitsToStart(one) && !payoutBefore(one, all));
    if (!next) return;
    const started = { started_at: sql<string>`business_now()` };
    await db.updateTable('payouts').set(started).where('id', '=', next.id).execute();
    const { status, fromPlatform, fromAccount } = await reservePayout(db, next.id);
    const row = (await payoutsOf(db, sellerId)).find(({ id }) => id === next.id);
    const reason = row?.skip_reason ?? row?.waiting_for ?? null;
    turns.set(next.id, { reserved: fromPlatform + fromAccount, reason });
    if (status === 'reserved') await steps.transfer(next.id);
    if (fromPlatform + fromAccount > 0) await steps.sendOff(next.id);
  }
}
