import { type Day, dayMs, dayOf, type Schedule } from '../../domain/paydays/schedule.ts';
import { type BankPlace, isBankDay } from './bank-days.ts';
import { toInstant } from './clocks.ts';
import { nominalDays } from './nominal-days.ts';

/** What decides a seller's paydays: the schedule, and where the payouts go. */
export type Payable = BankPlace & { schedule: Schedule };

/** The paydays around a moment, as instants in UTC. */
export type Paydays = {
  /**
   * The latest payday that has already come. Null if there is none, or if it is months ago and the
   * schedule names no day since.
   */
  latest: string | null;
  /** The paydays to come, soonest first. */
  upcoming: string[];
};

/**
 * The most days from a payday's nominal day to the next bank day, plus the days between two nominal
 * days.
 */
const longestGapDays = 62;

/**
 * The paydays of a seller: the days of the schedule, moved by its rule to a day on which the banks
 * of the seller's currency are open, at the schedule's local time.
 */
export function paydaysAround(
  seller: Payable,
  { now, count }: { now: string; count: number },
): Paydays {
  let latest: string | null = null;
  const upcoming: string[] = [];
  if (count === 0) return { latest, upcoming };
  for (const { day } of paydaysFrom(seller, now)) {
    const at = toInstant(day, seller.schedule);
    if (at <= now) latest = at;
    else if (upcoming.push(at) === count) break;
  }
  return { latest, upcoming };
}

/**
 * The payday whose nominal time has come while closed banks moved it past `now`. Null if there is
 * none. The nominal day is the payday's identity, so a new schedule does not drop it.
 */
export function begunPayday(seller: Payable, now: string): string | null {
  for (const { nominal, day } of paydaysFrom(seller, now)) {
    if (toInstant(nominal, seller.schedule) > now) return null;
    const at = toInstant(day, seller.schedule);
    if (at > now) return at;
  }
  return null;
}

/** The paydays since long before `now`. Two nominal days may share one bank day. */
function* paydaysFrom(seller: Payable, now: string): Generator<{ nominal: Day; day: Day }> {
  const from = dayOf(Date.parse(now)) - longestGapDays * dayMs;
  let last = 0;
  for (const nominal of nominalDays(seller.schedule, from)) {
    const day = bankDayFor(nominal, seller);
    if (day > last) yield { nominal, day };
    last = Math.max(day, last);
  }
}

const steps = { next: dayMs, previous: -dayMs } as const;

function bankDayFor(nominal: Day, seller: Payable): Day {
  const { bankDayRule } = seller.schedule;
  if (bankDayRule === 'none') return nominal;
  let open = nominal;
  while (!isBankDay(open, seller)) open += steps[bankDayRule];
  return open;
}
