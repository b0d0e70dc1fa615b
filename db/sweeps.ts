import { sql } from 'kysely';
import { payoutWorkflowId, sellerWorkflowId, type EarningId } from '../domain/ids.ts';
import type { PayoutId, SellerId, StripeAccountId } from '../domain/ids.ts';
import { allocate, lockUnexplained } from './allocations.ts';
import type { Db } from './connect.ts';
import { isEndStored } from './inbox.ts';
import { paydayAt } from './payday-funds.ts';
import { lockSeller, lookForThreshold, wakeSeller } from './thresholds.ts';
import { insertWakeUps } from './wake-ups.ts';

/** How far an event list was read; undefined before the first time. */
export async function readCursor(db: Db, name: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('sweep_cursors')
    .select('cursor')
    .where('name', '=', name)
    .executeTakeFirst();
  return row?.cursor;
}

/** Remembers how far an event list was read. */
export async function recordCursor(db: Db, name: string, cursor: string): Promise<void> {
  await db
    .insertInto('sweep_cursors')
    .values({ name, cursor })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ cursor }))
    .execute();
}

/**
 * Notes a wake-up for everything whose deadline passed a while ago and whose workflow should have
 * looked by now: a lost timer or a lost clock move costs minutes, not money. So does an event that
 * was stored in the very moment in which its payout was sent: neither could see the other.
 */
export async function wakeOverdue(db: Db, minutes: number): Promise<void> {
  await insertWakeUps(
    db,
    sql`select 'payout/' || id, array['deadline'] from payouts
    where status in ('requested', 'reserved', 'transferred', 'sent', 'paid')
      and parked is null and look_again_at < business_now() - ${minutes} * interval '1 minute'
    union all
    select 'seller/' || id, array['deadline'] from sellers
    where status <> 'closed' and parked is null
      and look_again_at < business_now() - ${minutes} * interval '1 minute'
    union
    select 'seller/' || id, array['deadline'] from sellers
    where status = 'active' and parked is null and paused_at is null
      and ${paydayAt} < business_now() - ${minutes} * interval '1 minute'
    union
    select 'seller/' || waiting.seller_id, array['deadline'] from payouts waiting
      join sellers on sellers.id = waiting.seller_id
    where sellers.status = 'active' and sellers.parked is null and paused_at is null
      and waiting.status = 'requested' and waiting.started_at is null
      and waiting.created_at < business_now() - ${minutes} * interval '1 minute'
      and not exists (select from payouts busy where busy.seller_id = waiting.seller_id
        and busy.currency = waiting.currency and (busy.status in ('reserved', 'transferred')
          or busy.status = 'requested' and busy.started_at is not null))
    union
    select 'payout/' || id, array['deadline'] from payouts
    where status = 'sent' and parked is null and sent_at > business_now() - interval '1 hour'
      and ${isEndStored(sql.ref('stripe_payout_id'))}`,
  );
}

/**
 * Earnings that name a charge and do not know yet when its money is available, the one that was
 * asked for longest ago first, so that charges without an answer hold up none.
 */
export async function takeUnresolvedEarnings(
  db: Db,
  limit: number,
): Promise<{ earningId: EarningId; charge: string }[]> {
  const { rows } = await sql<{ earningId: EarningId; charge: string }>`
    with next as (
      select id from earnings where available_on is null and charge is not null
      order by charge_tried_at nulls first, created_at limit ${limit} for update skip locked
    )
    update earnings set charge_tried_at = business_now() from next where earnings.id = next.id
    returning earnings.id as "earningId", charge
  `.execute(db);
  return rows;
}

/**
 * The charge said when its money is available: then it may pay a payout that was adopted, and a
 * threshold may be reached.
 */
export async function recordAvailableOn(
  db: Db,
  { earningId, availableOn }: { earningId: EarningId; availableOn: string },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { seller_id: id } = await tx
      .selectFrom('earnings')
      .select('seller_id')
      .where('id', '=', earningId)
      .executeTakeFirstOrThrow();
    const { schedule } = await lockSeller(tx, id);
    const unexplained = await lockUnexplained(tx, id);
    await tx
      .updateTable('earnings')
      .set({ available_on: availableOn })
      .where('id', '=', earningId)
      .where('available_on', 'is', null)
      .execute();
    await allocate(tx, unexplained);
    if (await lookForThreshold(tx, id, schedule)) await wakeSeller(tx, id);
  });
}

/** A row whose workflow has to run. */
export type OpenRow =
  | { workflowId: `seller/${SellerId}`; kind: 'seller'; sellerId: SellerId }
  | {
      workflowId: `payout/${PayoutId}`;
      kind: 'payout';
      payoutId: PayoutId;
      sellerId: SellerId;
    };

/**
 * Every seller and payout whose workflow has to run, unless it is only just being started. One that
 * has moved was started, even where its start could not be noted before a process died.
 */
export async function listOpenRows(db: Db, olderThanSeconds: number): Promise<OpenRow[]> {
  const before = sql<string>`business_now() - ${olderThanSeconds} * interval '1 second'`;
  const [sellers, payouts] = await Promise.all([
    db
      .selectFrom('sellers')
      .select('id')
      .where('status', '<>', 'closed')
      .where('created_at', '<=', before)
      .execute(),
    db
      .selectFrom('payouts')
      .select(['id', 'seller_id'])
      .where('status', 'in', ['requested', 'reserved', 'transferred', 'sent', 'paid'])
      .where((of) =>
        of.or([
          of('started_at', '<=', before),
          of.and([
            of('started_at', 'is', null),
            of('status', '<>', 'requested'),
            of('created_at', '<=', before),
          ]),
        ]),
      )
      .execute(),
  ]);
  return [
    ...sellers.map(({ id }) => {
      return { workflowId: sellerWorkflowId(id), kind: 'seller' as const, sellerId: id };
    }),
    ...payouts.map(({ id, seller_id }) => {
      const workflowId = payoutWorkflowId(id);
      return { workflowId, kind: 'payout' as const, payoutId: id, sellerId: seller_id };
    }),
  ];
}

type StaleAccount = {
  sellerId: SellerId;
  stripeAccount: StripeAccountId;
  payoutsAreManual: boolean;
  isClosed: boolean;
};

/** Months in which a bank may still send back what a seller got before it was closed. */
const monthsWatched = 6;

/**
 * The accounts that nobody read for longest, noted as tried so that a broken one holds up none.
 * Those of closed sellers are among them for some months, once a day.
 */
export async function takeStaleAccounts(
  db: Db,
  { limit, olderThanMinutes }: { limit: number; olderThanMinutes: number },
): Promise<StaleAccount[]> {
  const { rows } = await sql<StaleAccount>`
    with stale as (
      select id from sellers
      where stripe_account is not null and (account_tried_at is null or account_tried_at
          < business_now() - ${olderThanMinutes} * interval '1 minute')
        and (status <> 'closed' or closed_at > business_now() - ${monthsWatched} * interval '1 month'
          and (account_tried_at is null or account_tried_at < business_now() - interval '1 day'))
      order by account_tried_at nulls first limit ${limit} for update skip locked
    )
    update sellers set account_tried_at = business_now() from stale where sellers.id = stale.id
    returning sellers.id as "sellerId", sellers.stripe_account as "stripeAccount",
      sellers.payouts_manual_at is not null as "payoutsAreManual",
      sellers.status = 'closed' as "isClosed"
  `.execute(db);
  return rows;
}
