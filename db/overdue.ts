import { sql } from 'kysely';
import { type PayoutId, payoutWorkflowId, type SellerId, sellerWorkflowId } from '../domain/ids.ts';
import type { WakeTopic } from '../domain/wake-ups.ts';
import type { Db, Tx } from './connect.ts';
import { paydayAt } from './paydays/thresholds.ts';
import { isStartBlocked, waitsToStart } from './payouts/queue.ts';
import { isOpen } from './schema/statuses.ts';
import { isEndStored } from './stripe-events/inbox.ts';
import { addWakeUps, transact, workflowId } from './wake-ups.ts';

/**
 * Records a wake-up for every workflow that should have acted minutes ago, so that a lost timer or
 * a lost clock move costs minutes, not money. In addition, wakes payouts whose final event was
 * stored at the same time as their sending, because neither transaction could see the other.
 */
export async function wakeOverdue(db: Db, minutes: number): Promise<void> {
  const { rows } = await sql<{ id: string; topics: WakeTopic[] }>`${overdueSince(minutes)}`.execute(
    db,
  );
  const late = rows.map(({ id, topics }) => ({ workflowId: id, topics }));
  await transact(db, async (tx) => {
    await addWakeUps(tx, late);
    await noteOverdue(
      tx,
      late.map(({ workflowId: id }) => id),
    );
  });
}

/** Records which workflows are overdue, and since when they were found so at each pass. */
async function noteOverdue(tx: Tx, ids: readonly string[]): Promise<void> {
  await sql`delete from overdue where workflow_id <> all(${ids}::text[])`.execute(tx);
  await sql`insert into overdue (workflow_id) select distinct unnest(${ids}::text[]) order by 1
    on conflict do nothing`.execute(tx);
}

function overdueSince(minutes: number) {
  return sql`select distinct on (id) id, topics from (
    select ${workflowId('payout', 'id')} as id, array['deadline'] as topics from payouts
    where ${isOpen()}
      and parked is null and look_again_at < business_now() - ${minutes} * interval '1 minute'
    union all
    select ${workflowId('seller', 'id')}, array['deadline'] from sellers
    where status <> 'closed' and parked is null
      and look_again_at < business_now() - ${minutes} * interval '1 minute'
    union
    select ${workflowId('seller', 'id')}, array['deadline'] from sellers
    where status = 'active' and parked is null and paused_at is null
      and ${paydayAt} < business_now() - ${minutes} * interval '1 minute'
    union
    select ${workflowId('seller', 'waiting.seller_id')}, array['deadline'] from payouts waiting
      join sellers on sellers.id = waiting.seller_id
    where sellers.status = 'active' and sellers.parked is null and paused_at is null
      and ${waitsToStart('waiting')}
      and waiting.created_at < business_now() - ${minutes} * interval '1 minute'
      and not ${isStartBlocked(waiting)}
    union
    select ${workflowId('payout', 'id')}, array['deadline'] from payouts
    where status = 'sent' and parked is null and sent_at > business_now() - interval '1 hour'
      and ${isEndStored(sql.ref('stripe_payout_id'))}
  ) as late order by id`;
}

const waiting = {
  seller_id: sql.ref('waiting.seller_id'),
  currency: sql.ref('waiting.currency'),
};

/** A row whose workflow must run. */
export type OpenRow =
  | { workflowId: `seller/${SellerId}`; kind: 'seller'; sellerId: SellerId }
  | {
      workflowId: `payout/${PayoutId}`;
      kind: 'payout';
      payoutId: PayoutId;
      sellerId: SellerId;
    };

/**
 * Lists every seller and payout whose workflow must run, except those that are being started now. A
 * payout that is no longer `requested` was started, even if a process died before it recorded the
 * start.
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
      .where(isOpen())
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
