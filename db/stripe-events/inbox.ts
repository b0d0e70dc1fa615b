import { type RawBuilder, sql } from 'kysely';
import {
  incomeReadMinutes,
  type StripeEvent,
  type WakeRule,
  whomToWake,
} from '../../domain/stripe-events/wake-rules.ts';
import type { Db } from '../connect.ts';
import { isFollowed, isInFlight } from '../schema/statuses.ts';
import { mergedWakeUp, workflowId } from '../wake-ups.ts';

/** An event and what its rule looks up. A column that is null looks nothing up. */
type Given = {
  event_id: string;
  type: string;
  account: string | null;
  object_id: string | null;
  seller_topic: string | null;
  payout: string | null;
  unless_ours: string | null;
  if_stale: string | null;
  waiting_for: string | null;
};

/**
 * Stores events by id and records whom they wake, in one statement: an event that exists wakes
 * nobody a second time, and a stored event cannot lose its wake-up. Rows are written in the order
 * of their ids, so that two such statements never block each other.
 */
export async function recordEvents(
  db: Db,
  events: readonly StripeEvent[],
  via: 'webhook' | 'sweep',
): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map(toGiven);
  const given = sql`given as (select * from unnest(${sql.join(
    columns.map((column) => sql`${rows.map((row) => row[column])}::text[]`),
  )}) as event(${sql.raw(columns.join(', '))}))`;
  const store = sql`insert into inbox (event_id, type, account, object_id, via)
    select event_id, type, account, object_id, ${via} from given order by event_id
    on conflict do nothing`;
  // Most events wake nobody. Look-ups that no event needs are left out of the statement.
  const targets = lookUps.filter(({ by }) => rows.some((row) => row[by] !== null));
  if (targets.length === 0) {
    await sql`with ${given} ${store}`.execute(db);
    return;
  }
  await sql`
    with ${given}, fresh as (${store} returning event_id), target (workflow_id, topic) as (
      ${sql.join(
        targets.map(({ found }) => found),
        sql` union all `,
      )}
    )
    insert into wake_ups (workflow_id, topics)
    select workflow_id, array_agg(distinct topic) from target group by workflow_id
    order by workflow_id
    on conflict (workflow_id) do update
      set topics = ${mergedWakeUp.topics}, version = ${mergedWakeUp.version}
  `.execute(db);
}

const columns = [
  'event_id',
  'type',
  'account',
  'object_id',
  'seller_topic',
  'payout',
  'unless_ours',
  'if_stale',
  'waiting_for',
] as const satisfies readonly (keyof Given)[];

function toGiven(event: StripeEvent): Given {
  const rule = whomToWake(event);
  return {
    event_id: event.eventId,
    type: event.type,
    account: event.account,
    object_id: event.objectId,
    seller_topic: rule.wakes === 'seller' ? rule.about : null,
    payout: rule.wakes === 'payout' ? event.objectId : null,
    unless_ours: maybeForeign(rule, event.type) ? event.account : null,
    if_stale: rule.wakes === 'seller-if-stale' ? event.account : null,
    waiting_for: rule.wakes === 'waiting-payouts' ? rule.for : null,
  };
}

/** True if the event may be about a Stripe payout that is not ours. */
function maybeForeign(rule: WakeRule, type: string): boolean {
  const cameBack = rule.wakes === 'payout' && /^payout\.(failed|canceled)$/.test(type);
  return cameBack || rule.wakes === 'seller-unless-ours';
}

const seller: RawBuilder<unknown> = sql`
  select ${workflowId('seller', 'sellers.id')}, given.seller_topic
    from given join fresh using (event_id)
      join sellers on sellers.stripe_account in (given.account, given.object_id)
    where given.seller_topic is not null and sellers.status <> 'closed'
`;

const payout: RawBuilder<unknown> = sql`
  select ${workflowId('payout', 'payouts.id')}, 'payouts'
    from given join fresh using (event_id) join lateral (
      select id, status from payouts where stripe_payout_id = given.payout limit 1
    ) as payouts on true
    where ${isFollowed()}
`;

/**
 * Wakes the account's seller unless the Stripe payout is ours, because our payout is woken itself,
 * or may become ours, because Stripe's answer to our request has not been recorded yet.
 */
const sellerUnlessOurs: RawBuilder<unknown> = sql`
  select ${workflowId('seller', 'sellers.id')}, 'money'
    from given join fresh using (event_id) join lateral (
      select id, status from sellers where stripe_account = given.unless_ours limit 1
    ) as sellers on true left join lateral (
      select id from payouts where stripe_payout_id = given.object_id
        and seller_id = sellers.id and status <> 'settled' limit 1
    ) as ours on true left join lateral (
      select id from payouts where seller_id = sellers.id and status = 'transferred' limit 1
    ) as becoming_ours on true
    where sellers.status <> 'closed' and ours.id is null and becoming_ours.id is null
`;

/** A payout that comes back after its seller was closed must be booked all the same. */
const closedSeller: RawBuilder<unknown> = sql`
  select ${workflowId('seller', 'sellers.id')}, topic
    from given join fresh using (event_id) join lateral (
      select seller_id, status from payouts where stripe_payout_id = given.payout limit 1
    ) as payouts on payouts.status = 'settled'
      join sellers on sellers.id = payouts.seller_id and sellers.status = 'closed'
      cross join unnest(array['money', 'reopened']) as topic
    where given.unless_ours is not null
`;

const sellerIfStale: RawBuilder<unknown> = sql`
  select ${workflowId('seller', 'sellers.id')}, 'money'
    from given join fresh using (event_id) join lateral (
      select id, status, movements_read_at from sellers
      where stripe_account = given.if_stale limit 1
    ) as sellers on true
    where sellers.status <> 'closed' and (sellers.movements_read_at is null
      or sellers.movements_read_at < business_now() - ${sql.lit(incomeReadMinutes)} * interval '1 minute')
`;

const waitingPayouts: RawBuilder<unknown> = sql`
  select ${workflowId('payout', 'payouts.id')}, 'payouts'
    from given join fresh using (event_id)
      join payouts on payouts.waiting_for = given.waiting_for
        and (given.account is null or given.account = payouts.stripe_account)
    where ${isInFlight()}
`;

/**
 * The look-ups, each with the column of an event that it needs. The `limit 1` keeps the planner
 * from reading a whole table for a few events. It loses nothing: the key is unique, or only the
 * existence of a row matters.
 */
const lookUps: readonly { by: keyof Given; found: RawBuilder<unknown> }[] = [
  { by: 'seller_topic', found: seller },
  { by: 'payout', found: payout },
  { by: 'unless_ours', found: sellerUnlessOurs },
  { by: 'unless_ours', found: closedSeller },
  { by: 'if_stale', found: sellerIfStale },
  { by: 'waiting_for', found: waitingPayouts },
];

/** True if an event about the end of this Stripe payout is stored: paid, failed or canceled. */
export function isEndStored(stripePayoutId: RawBuilder<unknown>) {
  return sql<boolean>`exists (select from inbox where object_id = ${stripePayoutId}
    and type in ('payout.paid', 'payout.failed', 'payout.canceled'))`;
}
