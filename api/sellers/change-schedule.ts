import { isDeepStrictEqual } from 'node:util';
import { paydaysAround } from '../../activities/calendar.ts';
import type { Tx } from '../../db/connect.ts';
import { readClock } from '../../db/operations/clock.ts';
import { recordSchedule } from '../../db/paydays/rows.ts';
import type { SellerRecord } from '../../domain/explanations/facts.ts';
import type { Schedule } from '../../domain/paydays/schedule.ts';

/**
 * Changes a seller's schedule and its next payday. Payouts that have started continue. If the
 * schedule is the same as before, nothing changes, so a payday that is due and not opened yet is
 * kept.
 */
export async function changeSchedule(
  tx: Tx,
  { id: sellerId, country, schedule: before }: Pick<SellerRecord, 'id' | 'country' | 'schedule'>,
  schedule: Schedule,
): Promise<void> {
  if (isDeepStrictEqual(schedule, before)) return;
  const { now } = await readClock(tx);
  const { upcoming } = paydaysAround({ schedule, country }, { now, count: 1 });
  await recordSchedule(tx, { sellerId, schedule, nextPayoutAt: upcoming[0] ?? null });
}
