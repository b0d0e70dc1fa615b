import { sql } from 'kysely';
import {
  addNeeds,
  addSetAside,
  type CurrencyDue,
  type FundsAt,
  type KnownFunds,
  needsOf,
  type SetAside,
} from '../domain/funding.ts';
import type { SellerId } from '../domain/ids.ts';
import type { Currency } from '../domain/money.ts';
import type { Payee } from '../domain/paydays/forecast.ts';
import { cutOffOf, manualSchedule, type Schedule } from '../domain/paydays/schedule.ts';
import { whyNoRoute } from '../domain/routing/route.ts';
import type { Db, Tx } from './connect.ts';
import { cameUnorderedOf, fundsOf, isBehindParked, readinessOf } from './funds.ts';
import { readOperations } from './money-stops/rows.ts';
import type { Calendar } from './paydays/rows.ts';
import { type PayoutRow, readAlong } from './payouts/rows.ts';
import { atOneInstant, readNow } from './time.ts';

/** The number of sellers per statement. 20,000 sellers take about three seconds on two cores. */
const usualPage = 2000;

/** Reads how much money is due to all sellers until `end`, page by page. Changes nothing. */
export async function readFunding(
  db: Db,
  end: string,
  calendar: Calendar,
  pageSize = usualPage,
): Promise<{ now: string; moneyStopped: boolean; due: Map<Currency, CurrencyDue> }> {
  return atOneInstant(db, async (tx) => {
    const now = await readNow(tx);
    const { moneyStopped } = await readOperations(tx);
    const due = new Map<Currency, CurrencyDue>();
    addSetAside(due, await listSetAside(tx, now));
    const paydayOf = latestPayday(calendar, end);
    let page: SellerRow[] = [];
    do {
      page = await listSellers(tx, { end, after: page.at(-1)?.id ?? '', limit: pageSize });
      addNeeds(due, await needsOfPage(tx, page, { now, end, paydayOf }));
    } while (page.length === pageSize);
    return { now, moneyStopped, due };
  });
}

type SellerRow = {
  id: SellerId;
  status: Payee['status'];
  isPaused: boolean;
  country: string;
  currency: string;
  schedule: Schedule | null;
  nextPayoutAt: string | null;
  orders: { currency: Currency; requestedAmount: number | null }[];
};

/**
 * Lists a page of the sellers who have money, except sellers who are paid only at a payday after
 * `end`.
 */
async function listSellers(
  tx: Tx,
  { end, after, limit }: { end: string; after: string; limit: number },
): Promise<SellerRow[]> {
  const { rows } = await sql<SellerRow>`
    select id, status, paused_at is not null as "isPaused", country, currency,
      schedule, next_payout_at as "nextPayoutAt", orders
    from sellers, lateral (
      select coalesce(json_agg(json_build_object('currency', payouts.currency,
        'requestedAmount', requested_amount)
        order by date_trunc('milliseconds', payouts.created_at), payouts.id), '[]') as orders
      from payouts where seller_id = sellers.id and payouts.status = 'requested') as requested
    where id > ${after} and status <> 'closed'
      and (next_payout_at <= ${end} or schedule is null or schedule->>'interval' = 'manual'
        or schedule->'thresholds' <> '{}' or orders::text <> '[]')
      and exists (select from balances where seller_id = sellers.id
        and place in ('platform', 'account') and amount > 0)
    order by id limit ${limit}
  `.execute(tx);
  return rows;
}

async function needsOfPage(
  tx: Tx,
  page: readonly SellerRow[],
  { now, end, paydayOf }: { now: string; end: string; paydayOf: (of: SellerRow) => string | null },
) {
  const sellers = page.map((row) => {
    const schedule = row.schedule ?? manualSchedule;
    const paydayAt = paydayOf(row);
    return { ...row, schedule, paydayAt, cutOffAt: paydayAt && cutOffOf(schedule, paydayAt) };
  });
  const fundsAt = await readFunds(
    tx,
    sellers.flatMap(({ id, cutOffAt, schedule, orders }) => [
      ...(orders.length > 0 || schedule.interval === 'manual' ? [{ id, by: null }] : []),
      ...(cutOffAt === null ? [] : [{ id, by: cutOffAt }]),
      ...(Object.keys(schedule.thresholds).length > 0 ? [{ id, by: end }] : []),
    ]),
  );
  return sellers.flatMap(({ id, status, isPaused, schedule, orders, paydayAt, cutOffAt }) => {
    const at = (moment: string, by: string | null): FundsAt => {
      return { at: moment, funds: fundsAt(id, by) };
    };
    return needsOf({
      payee: { status, isPaused, schedule, isMoneyStopped: false },
      orders,
      now: at(now, null),
      payday: paydayAt !== null && cutOffAt !== null ? at(paydayAt, cutOffAt) : null,
      end: at(end, end),
    });
  });
}

type FundsRow = KnownFunds & { id: SellerId; by: string | null };

/**
 * Reads the funds of sellers, each at its own requested time; null means now. The returned function
 * finds them, and returns an empty list for a time that was not requested.
 */
async function readFunds(tx: Tx, asked: readonly Pick<FundsRow, 'id' | 'by'>[]) {
  const of = {
    sellerId: sql.ref('known.seller_id'),
    currency: sql.ref('known.currency'),
    by: sql<string>`coalesce(asked.by, business_now())`,
  };
  const { rows } = await sql<FundsRow>`
    select asked.id, asked.by, known.currency, ${fundsOf(of)}, ${readinessOf(of)},
      ${isBehindParked(of)}, ${cameUnorderedOf(of)}
    from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as asked(id text, by timestamptz),
      lateral (select distinct seller_id, currency from balances
        where balances.seller_id = asked.id and place in ('platform', 'account')) as known
  `.execute(tx);
  const byKey = Map.groupBy(rows, (row) => `${row.id} ${row.by}`);
  return (id: SellerId, moment: string | null): KnownFunds[] => byKey.get(`${id} ${moment}`) ?? [];
}

/**
 * Sums the money that payouts have reserved at the platform and not transferred yet, by currency
 * and by the facts that decide whether the transfer is sent. `may_be_made` repeats
 * `mayHaveBeenDone` in domain/payouts/sending.ts.
 */
async function listSetAside(tx: Tx, now: string): Promise<SetAside[]> {
  const { rows } = await sql<SetAsideRow>`
    select currency, count(*)::int as payouts, sum(from_platform)::bigint as amount, may_be_made,
      parked, is_seller_paused, bank_paused, lacks_bank, is_converted, corridor,
      lacks_capability, payouts_are_manual, unordered
    from (select currency, from_platform, parked, ${sql.join(readAlong)},
        exists (select from attempts where object_id = payouts.id and step = 'transfer'
          and state <> 'refused' and (state <> 'started' or tries > denied_tries)) as may_be_made,
        exists (select from sellers where sellers.id = seller_id and paused_at is not null)
          as is_seller_paused
      from payouts where status = 'reserved' and from_platform > 0) as reserved
    group by currency, may_be_made, parked, is_seller_paused, bank_paused, lacks_bank, is_converted,
      corridor, lacks_capability, payouts_are_manual, unordered
  `.execute(tx);
  return rows.map((row) => ({
    currency: row.currency,
    payouts: row.payouts,
    amount: row.amount,
    mayBeMade: row.may_be_made,
    parked: row.parked,
    isSellerPaused: row.is_seller_paused,
    facts: {
      now,
      bankPaused: row.bank_paused,
      lacksBank: row.lacks_bank,
      isConverted: row.is_converted,
      whyNoRoute: whyNoRoute(row.corridor),
      lacksCapability: row.lacks_capability,
      payoutsAreManual: row.payouts_are_manual,
      unordered: row.unordered,
    },
  }));
}

type SetAsideRow = Pick<SetAside, 'currency' | 'payouts' | 'amount'> &
  Pick<
    PayoutRow,
    | 'parked'
    | 'bank_paused'
    | 'lacks_bank'
    | 'is_converted'
    | 'corridor'
    | 'lacks_capability'
    | 'payouts_are_manual'
    | 'unordered'
  > & { may_be_made: boolean; is_seller_paused: boolean };

/**
 * Finds a seller's last payday until `end`, at the earliest the stored next payday. Many sellers
 * share a schedule, so each schedule is calculated once.
 */
function latestPayday(calendar: Calendar, end: string): (of: SellerRow) => string | null {
  const known = new Map<string, string | null>();
  return ({ schedule, country, currency, nextPayoutAt }) => {
    if (schedule === null || nextPayoutAt === null || nextPayoutAt > end) return null;
    const { cutOffHours: _, minimums: __, thresholds: ___, ...days } = schedule;
    const name = JSON.stringify([country, currency, days]);
    const latest =
      known.get(name) ?? calendar({ schedule, country, currency }, { now: end, count: 1 }).latest;
    known.set(name, latest);
    return latest !== null && latest > nextPayoutAt ? latest : nextPayoutAt;
  };
}
