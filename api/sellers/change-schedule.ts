import { isDeepStrictEqual } from 'node:util';
import { begunPayday, paydaysAround } from '../../activities/paydays/calendar.ts';
import type { Tx } from '../../db/connect.ts';
import { readClock } from '../../db/operations/clock.ts';
import { recordSchedule } from '../../db/paydays/rows.ts';
import type { SellerRecord } from '../../domain/explanations/facts.ts';
import type { Schedule } from '../../domain/paydays/schedule.ts';

/**
 * Changes a seller's schedule and its next payday. Payouts that have started continue. A payday
 * whose nominal day has come is kept, even if closed banks moved it or if it is due and not opened
 * yet. Only a manual schedule drops it.
 */
export async function changeSchedule(
  tx: Tx,
  seller: Pick<SellerRecord, 'id' | 'country' | 'currency' | 'schedule' | 'nextPayoutAt'>,
  schedule: Schedule,
): Promise<void> {
  if (isDeepStrictEqual(schedule, seller.schedule)) return;
  const { now } = await readClock(tx);
  const [first = null] = paydaysAround({ ...seller, schedule }, { now, count: 1 }).upcoming;
  const begun = schedule.interval === 'manual' ? null : begunOf(seller, now);
  const nextPayoutAt = first !== null && begun !== null && begun < first ? begun : first;
  await recordSchedule(tx, { sellerId: seller.id, schedule, nextPayoutAt });
}

/** The payday of the schedule so far that has come by its nominal day and is not opened yet. */
function begunOf(seller: Parameters<typeof changeSchedule>[1], now: string): string | null {
  const { nextPayoutAt } = seller;
  return nextPayoutAt !== null && nextPayoutAt <= now ? nextPayoutAt : begunPayday(seller, now);
}
