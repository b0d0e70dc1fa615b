import { paydaysAround } from '../activities/calendar.ts';
import { readClock } from '../db/clock.ts';
import type { Tx } from '../db/connect.ts';
import { recordSchedule } from '../db/paydays.ts';
import type { SellerRecord } from '../db/sellers.ts';
import type { Schedule } from '../domain/schedule.ts';

/** Gives a seller another schedule; what is under way goes on, the next payday is found at once. */
export async function changeSchedule(
  tx: Tx,
  { id: sellerId, country }: Pick<SellerRecord, 'id' | 'country'>,
  schedule: Schedule,
): Promise<void> {
  const { now } = await readClock(tx);
  const { upcoming } = paydaysAround({ schedule, country }, { now, count: 1 });
  await recordSchedule(tx, { sellerId, schedule, nextPayoutAt: upcoming[0] ?? null });
}
