import { sql } from 'kysely';
import type {
  PayoutFacts,
  SellerBeside,
  SellerFacts,
  SellerRecord,
} from '../../domain/explanations/facts.ts';
import type { HoldRecord } from '../../domain/holds.ts';
import type { HoldId, PayoutId, SellerId } from '../../domain/ids.ts';
import type { Currency } from '../../domain/money.ts';
import type { PaydayFacts, PaydayFunds } from '../../domain/paydays/coming.ts';
import { comingPaydays } from '../../domain/paydays/forecast.ts';
import { cutOffOf } from '../../domain/paydays/schedule.ts';
import { isOver } from '../../domain/payouts/states.ts';
import { earningWaitCauses } from '../../domain/reconciliation/discrepancies.ts';
import { listBankAccounts } from '../accounts/bank-accounts.ts';
import { corridorOf } from '../accounts/corridors.ts';
import { listRequirements } from '../accounts/requirements.ts';
import { readKeyNames } from '../api-keys.ts';
import { listCommands, listDecisions } from '../commands.ts';
import type { Db, Tx } from '../connect.ts';
import { failedReadsOf } from '../failed-reads/conditions.ts';
import { isPayable, readBalances, readFundsAndReadiness } from '../funds.ts';
import { findHold, listHolds } from '../holds.ts';
import { listPayoutEntries } from '../ledger.ts';
import { readOperations } from '../money-stops/rows.ts';
import { isStripeSilent } from '../operations/checks.ts';
import type { Calendar } from '../paydays/rows.ts';
import * as views from '../payouts/views.ts';
import { listDiscrepancies } from '../reconciliation/discrepancies.ts';
import { readComparison } from '../reconciliation/progress.ts';
import { isOpen } from '../schema/statuses.ts';
import { findSeller } from '../sellers/rows.ts';
import { listAttempts, listPutOff } from '../stripe/attempt-views.ts';
import { atOneInstant, businessNow, readNow } from '../time.ts';
import { listPastWaits, withHistory } from './histories.ts';
import { listSuccessors } from './successors.ts';
import { readPayoutTotals, readSellerTotals } from './totals.ts';

/**
 * The maximum number of earnings, payouts or dates in one explanation. The API's lists contain the
 * rest.
 */
const mostShown = 20;

/** Reads the facts that explain a payout. Undefined if the payout does not exist. */
export async function readPayoutFacts(
  db: Db,
  payoutId: PayoutId,
): Promise<PayoutFacts | undefined> {
  return atOneInstant(db, async (tx) => {
    const payout = await views.findPayout(tx, payoutId);
    if (!payout) return undefined;
    const { earnings, ...totals } = await readPayoutTotals(tx, payoutId);
    const items = await views.listPayoutItems(tx, { payoutId, limit: mostShown });
    return {
      now: await readNow(tx),
      payout,
      seller: (await findSellerBeside(tx, payout.sellerId)) ?? null,
      openPayouts: isOver(payout) ? [] : await listOpen(tx, payout.sellerId),
      successors: await listSuccessors(tx, payout),
      items: { count: earnings, first: items.slice(0, mostShown) },
      totals,
      attempts: await listAttempts(tx, payoutId),
      entries: await listPayoutEntries(tx, payoutId),
      commands: await listCommands(tx, payoutId),
      pastWaits: await listPastWaits(tx, payoutId),
      operations: await readOperations(tx),
      isStripeSilent: await isStripeSilent(tx),
      differences: await listDifferences(tx, payout.sellerId),
      comparison: await readComparison(tx, payout.sellerId),
    };
  });
}

/** Reads the facts that explain a seller. Undefined if the seller does not exist. */
export async function readSellerFacts(
  db: Db,
  sellerId: SellerId,
  calendar: Calendar,
): Promise<SellerFacts | undefined> {
  return atOneInstant(db, (tx) => readAllOf(tx, sellerId, calendar));
}

/** Reads a hold and the facts that explain its seller. Undefined if the hold does not exist. */
export async function readHoldFacts(
  db: Db,
  holdId: HoldId,
  calendar: Calendar,
): Promise<{ hold: HoldRecord; facts: SellerFacts } | undefined> {
  return atOneInstant(db, async (tx) => {
    const hold = await findHold(tx, holdId);
    const facts = hold && (await readAllOf(tx, hold.sellerId, calendar));
    return facts && { hold, facts };
  });
}

async function readAllOf(
  tx: Tx,
  sellerId: SellerId,
  calendar: Calendar,
): Promise<SellerFacts | undefined> {
  const paydays = await readPaydayFacts(tx, sellerId, calendar);
  if (!paydays) return undefined;
  return {
    ...paydays,
    balances: await readBalances(tx, sellerId),
    upcoming: (await listUpcoming(tx, sellerId)).map((one) => {
      return { ...one, paydayAt: one.at && paydayOf(one.at, paydays.seller, calendar) };
    }),
    payableSince: await readPayableSince(tx, sellerId),
    lastPayouts: await withHistory(tx, await views.listPayouts(tx, { sellerId, limit: 5 })),
    attempts: await listAttempts(tx, sellerId),
    totals: await readSellerTotals(tx, sellerId),
    putOff: await listPutOff(tx, sellerId),
    commands: await listDecisions(tx, sellerId),
    isStripeSilent: await isStripeSilent(tx),
    differences: await listDifferences(tx, sellerId),
    comparison: await readComparison(tx, sellerId),
  };
}

async function listDifferences(tx: Tx, sellerId: SellerId) {
  const open = await listDiscrepancies(tx, { sellerId, open: true, limit: mostShown });
  return open.slice(0, mostShown);
}

/** Reads what decides a seller's next payday or order, and what a payday would pay now. */
export async function readPreviewFacts(
  db: Db,
  sellerId: SellerId,
  calendar: Calendar,
  asked: Currency | null = null,
): Promise<(PaydayPart & { fundsNow: PaydayFunds[] }) | undefined> {
  return atOneInstant(db, async (tx) => {
    const facts = await readPaydayFacts(tx, sellerId, calendar, asked);
    if (!facts) return undefined;
    const { seller, now } = facts;
    const fundsNow = await readFundsAndReadiness(tx, sellerId, cutOffOf(seller.schedule, now));
    return { ...facts, fundsNow };
  });
}

/** The part of a seller's facts that its paydays need. */
type PaydayPart = Pick<SellerFacts, keyof PaydayFacts | 'openPayouts'>;

async function readPaydayFacts(
  tx: Tx,
  sellerId: SellerId,
  calendar: Calendar,
  asked: Currency | null = null,
): Promise<PaydayPart | undefined> {
  const seller = await findSellerBeside(tx, sellerId);
  if (!seller) return undefined;
  const now = await readNow(tx);
  const { nextPayoutAt, schedule } = seller;
  const around = calendar(seller, { now, count: 1 });
  const paydays = [];
  for (const at of comingPaydays(nextPayoutAt, around, now)) {
    const cutOffAt = cutOffOf(schedule, at);
    paydays.push({ at, cutOffAt, funds: await readFundsAndReadiness(tx, sellerId, cutOffAt) });
  }
  return {
    now,
    seller,
    paydays,
    funds: await readFundsAndReadiness(tx, sellerId, null, asked),
    openPayouts: await listOpen(tx, sellerId),
    operations: await readOperations(tx),
  };
}

async function findSellerBeside(tx: Tx, sellerId: SellerId): Promise<SellerBeside | undefined> {
  const seller = await findSeller(tx, sellerId);
  if (!seller) return undefined;
  const instants = await tx
    .selectFrom('sellers')
    .select(['parked_at as parkedAt', 'rejected_at as rejectedAt'])
    .select(['threshold_look_at as thresholdLookAt', 'lists_banks as listsBanks'])
    .select(corridorOf(sql`${sellerId}`).as('corridor'))
    .select([failedReadsOf(sellerId).as('failedReads'), restrictedAt.as('restrictedAt')])
    .where('id', '=', sellerId)
    .executeTakeFirstOrThrow();
  const newest = await listHolds(tx, { sellerId, active: true, limit: mostShown });
  const holds = newest.slice(0, mostShown);
  const placers = holds.map(({ placedBy }) => placedBy);
  const { closed } = seller;
  const names = await readKeyNames(tx, closed ? [...placers, closed.by] : placers);
  const named = (by: string): string => names[by] ?? by;
  return {
    ...seller,
    ...instants,
    closed: closed && { ...closed, by: named(closed.by) },
    holds: holds.toReversed().map((hold) => ({ ...hold, placedBy: named(hold.placedBy) })),
    requirements: await listRequirements(tx, sellerId),
    banks: await listBankAccounts(tx, sellerId),
  };
}

/** When the seller became restricted: by Stripe, or by being reopened without being payable. */
const restrictedAt = sql<string | null>`case when status = 'restricted' then (
  select created_at from events where object_id = sellers.id
    and type in ('seller.restricted', 'seller.reopened') order by sequence desc limit 1) end`;

/**
 * Lists when earnings become payable, soonest first. The date is null until it is read from the
 * charge. What a person must decide is always in the list. `since` covers every earning, also the
 * ones that are not in the list.
 */
async function listUpcoming(tx: Tx, sellerId: SellerId) {
  type Upcoming = Omit<SellerFacts['upcoming'][number], 'paydayAt'>;
  const { rows } = await sql<Upcoming>`
    select * from (
      select available_on as at, currency, sum(amount - allocated - held)::bigint as amount,
        asked_at is not null as "asksPerson", min(min(coalesce(asked_at, created_at)))
          over (partition by currency, asked_at is not null) as since
      from earnings left join lateral (
        select min(opened_at) as asked_at from discrepancies
        where earnings.available_on is null and object = told_as(earnings)
          and cause = any(${earningWaitCauses}::text[])
          and closed_at is null and agrees_since is null
      ) as asked on true
      where seller_id = ${sellerId} and allocated + held < amount
        and (available_on is null or available_on > business_now())
      group by available_on, currency, asked_at is not null
      order by "asksPerson" desc, at nulls last, currency limit ${mostShown}
    ) as shown order by at nulls last, currency, "asksPerson"
  `.execute(tx);
  return rows;
}

/** Reads when the oldest payable earning that no payout has taken became payable, by currency. */
async function readPayableSince(tx: Tx, sellerId: SellerId): Promise<Record<string, string>> {
  const { rows } = await sql<{ currency: string; since: string }>`
    select currency, min(greatest(available_on, created_at)) as since from earnings
    where seller_id = ${sellerId} and allocated < amount and allocated + held < amount
      and ${isPayable(businessNow)}
    group by currency
  `.execute(tx);
  return Object.fromEntries(rows.map(({ currency, since }) => [currency, since]));
}

/** The first payday that pays money that becomes payable at this time. Null without a schedule. */
function paydayOf(
  at: string,
  seller: Pick<SellerRecord, 'schedule' | 'country' | 'currency'>,
  calendar: Calendar,
): string | null {
  const cutOffMs = seller.schedule.cutOffHours * 3_600_000;
  const before = new Date(Date.parse(at) + cutOffMs - 1).toISOString();
  return calendar(seller, { now: before, count: 1 }).upcoming[0] ?? null;
}

/**
 * Lists open payouts. Payouts that have not reached the bank come first, because the list is
 * limited and many payouts may be at the bank.
 */
async function listOpen(tx: Tx, sellerId: SellerId) {
  const rows = await views
    .selectRecords(tx)
    .where('seller_id', '=', sellerId)
    .where(isOpen())
    .orderBy(sql`status = 'paid'`)
    .orderBy('created_at')
    .orderBy('id')
    .limit(mostShown)
    .execute();
  return rows.map(views.toRecord);
}
