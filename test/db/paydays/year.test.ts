import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { paydaysAround } from '../../../activities/paydays/calendar.ts';
import { openPayday, recordSchedule } from '../../../db/paydays/rows.ts';
import { cancelPayout } from '../../../db/payouts/cancellations.ts';
import type { SellerId } from '../../../domain/ids.ts';
import { manualSchedule, type Schedule, weekdays } from '../../../domain/paydays/schedule.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';

/** A year of weekly and monthly paydays on the moved clock, against a table made without our code. */
let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(4);
});
afterAll(() => money.db.destroy());

/** The weekdays of 2031, as `MM-DD`, on which the banks are closed, by the calendars of the banks. */
const closed: Record<string, string> = {
  eur: '01-01 04-11 04-14 05-01 12-25 12-26',
  usd: '01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25',
  gbp: '01-01 04-11 04-14 05-05 05-26 08-25 12-25 12-26',
  jpy: `01-01 01-02 01-03 01-13 02-11 02-24 03-21 04-29 05-05 05-06 07-21 08-11 09-15 09-23 10-13
    11-03 11-24 12-31`,
  chf: '01-01 04-11 04-14 05-22 06-02 08-01 12-25 12-26',
  sek: '01-01 01-06 04-11 04-14 05-01 05-22 06-06 06-20 12-24 12-25 12-26 12-31',
  dkk: '01-01 04-10 04-11 04-14 05-22 06-02 12-25 12-26',
  aud: '01-01 01-27 04-11 04-14 04-25 12-25 12-26',
};
const zones =
  `Europe/Berlin America/New_York Europe/London Asia/Tokyo Europe/Zurich Europe/Stockholm
  Australia/Sydney America/Los_Angeles Asia/Kathmandu Pacific/Auckland America/Sao_Paulo UTC`.split(
    /\s+/,
  );

/** The list of closed days says nothing of the years before and after. */
const [start, end] = ['2031-01-07T00:00:00.000Z', '2031-12-22T00:00:00.000Z'];

type Plan = { id: SellerId; currency: string; schedule: Schedule };

test('a year of 50 sellers in 12 zones and 8 currencies pays on the days of an independent table', async () => {
  await moveTo(start);
  const plans = await Promise.all(Array.from({ length: 50 }, (_, index) => enrol(index)));
  const expected = (await Promise.all(plans.map(tableOf))).flat();
  const paid = await liveThrough();
  expect(paid.length).toBeGreaterThan(1200);
  expect(paid.toSorted()).toEqual(expected.toSorted());
});

/** One of these for each seller, mixed so that no two choices go together. */
function pick<Of>(index: number, salt: number, from: readonly Of[]): Of {
  const mixed = createHash('sha256').update(`${index} ${salt}`).digest().readUInt32BE();
  const picked = from[mixed % from.length];
  if (picked === undefined) throw new Error('nothing to pick from');
  return picked;
}

/** About half of the sellers are paid every week and half every month, by all three rules. */
async function enrol(index: number): Promise<Plan> {
  const currency = pick(index, 1, Object.keys(closed));
  const weekly = { interval: 'weekly' as const, weekdays: [pick(index, 2, weekdays)] };
  const monthly = { interval: 'monthly' as const, dayOfMonth: pick(index, 3, [31, 1, 29, 15, 26]) };
  const schedule: Schedule = {
    ...manualSchedule,
    ...pick(index, 4, [weekly, monthly]),
    at: pick(index, 5, ['09:00', '02:30', '23:45', '00:15']),
    timeZone: zones[index % zones.length] ?? '',
    bankDayRule: pick(index, 6, ['next', 'previous', 'none']),
  };
  const id = await money.seller({ currency });
  await money.earn(id, 1_000_00, { currency });
  const { now } = await clock();
  const seller = { schedule, country: 'DE', currency };
  const [nextPayoutAt = null] = paydaysAround(seller, { now, count: 1 }).upcoming;
  await money.db
    .transaction()
    .execute((tx) => recordSchedule(tx, { sellerId: id, schedule, nextPayoutAt }));
  return { id, currency, schedule };
}

/** Moves the clock from payday to payday. Each order is called off, so that the next pays again. */
async function liveThrough(): Promise<string[]> {
  for (;;) {
    const due = await money.db
      .selectFrom('sellers')
      .select(['id', 'next_payout_at as at'])
      .where('next_payout_at', '<', end)
      .orderBy('next_payout_at')
      .executeTakeFirst();
    if (!due?.at) break;
    await moveTo(due.at);
    await openPayday(money.db, due.id, paydaysAround);
    const ordered = await money.db
      .selectFrom('payouts')
      .select('id')
      .where('status', '=', 'requested')
      .execute();
    for (const { id } of ordered) {
      await money.db.transaction().execute((tx) => cancelPayout(tx, id, 'key_test'));
    }
  }
  const rows = await money.db.selectFrom('payouts').select(['seller_id', 'payday']).execute();
  return rows.map(({ seller_id, payday }) => `${seller_id} ${payday}`);
}

/** The paydays of a seller, with PostgreSQL's time zones and the list of closed days above. */
async function tableOf({ id, currency, schedule }: Plan): Promise<string[]> {
  const shut = (closed[currency] ?? '').split(/\s+/).map((day) => `2031-${day}`);
  const isNominal =
    schedule.interval === 'weekly'
      ? sql`extract(dow from day) = ${weekdays.indexOf(schedule.weekdays[0] ?? 'monday')}`
      : sql`extract(day from day) = least(${schedule.dayOfMonth}::int, extract(day from
          date_trunc('month', day) + interval '1 month' - interval '1 day'))`;
  const isOpen = sql`extract(dow from open) not in (0, 6)
    and to_char(open, 'YYYY-MM-DD') <> all(${shut}::text[])`;
  const moved = {
    next: sql`(select min(open) from generate_series(day, day + interval '20 days', interval '1 day')
      as open where ${isOpen})`,
    previous: sql`(select max(open) from generate_series(day - interval '20 days', day,
      interval '1 day') as open where ${isOpen})`,
    none: sql`day`,
  }[schedule.bankDayRule];
  const { rows } = await sql<{ at: string }>`
    select distinct (${moved} + ${schedule.at}::time) at time zone ${schedule.timeZone} as at
    from generate_series(timestamp '2030-12-20', timestamp '2032-01-10', interval '1 day') as day
    where ${isNominal}`.execute(money.db);
  return rows
    .map(({ at }) => at)
    .filter((at) => at > start && at < end)
    .map((at) => `${id} ${at}`);
}

async function clock(): Promise<{ now: string }> {
  const { rows } = await sql<{ now: string }>`select business_now() as now`.execute(money.db);
  return rows[0] ?? { now: '' };
}

async function moveTo(instant: string): Promise<void> {
  await money.moveTo(Date.parse(instant) - Date.now() + 1000);
}
