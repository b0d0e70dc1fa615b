import { sql, type RawBuilder } from 'kysely';
import { whomToWake, type StripeEvent, type WakeRule } from '../domain/events.ts';
import { inFlightStatuses } from '../domain/payout.ts';
import type { Db } from './connect.ts';
import { mergedWakeUp } from './wake-ups.ts';

/**
 * Stores events by their ids and notes whom they wake, in one statement: an event that stands
 * already wakes nobody a second time, and one that is stored cannot lose its wake-up. Rows are
 * written in the order of their ids, so that two such statements never wait for each other.
 */
export async function recordEvents(
  db: Db,
  events: readonly StripeEvent[],
  via: 'webhook' | 'sweep',
): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map((event) => ({ ...event, rule: whomToWake(event) }));
  const wanted = JSON.stringify(
    rows.map(({ eventId, type, account, objectId, rule }) => ({
      event_id: eventId,
      type,
      account,
      object_id: objectId,
      seller_topic: rule.wakes === 'seller' ? rule.about : null,
      payout: rule.wakes === 'payout',
      money: moneyOf(rule, type),
      waiting_for: rule.wakes === 'waiting-payouts' ? rule.for : null,
    })),
  );
  await sql`
    with given as (
      select * from jsonb_to_recordset(${wanted}::jsonb) as event(event_id text, type text,
        account text, object_id text, seller_topic text, payout boolean, money text, waiting_for text)
    ), fresh as (
      insert into inbox (event_id, type, account, object_id, via)
      select event_id, type, account, object_id, ${via} from given order by event_id
      on conflict do nothing returning event_id
    ), target as (
      select 'seller/' || sellers.id as workflow_id, given.seller_topic as topic
        from given join fresh using (event_id)
          join sellers on sellers.stripe_account in (given.account, given.object_id)
        where given.seller_topic is not null and sellers.status <> 'closed'
      union all
      select 'payout/' || payouts.id, 'payouts'
        from given join fresh using (event_id)
          join payouts on payouts.stripe_payout_id = given.object_id
        where given.payout and payouts.status in ('sent', 'paid')
      union all
      ${whoseMoneyMoved}
      union all
      ${whoWasClosed}
      union all
      select 'payout/' || payouts.id, 'payouts'
        from given join fresh using (event_id)
          join payouts on payouts.waiting_for = given.waiting_for
            and (given.account is null or given.account = payouts.stripe_account)
        where payouts.status in (${sql.join([...inFlightStatuses])})
    )
    insert into wake_ups (workflow_id, topics)
    select workflow_id, array_agg(distinct topic) from target group by workflow_id
    order by workflow_id
    on conflict (workflow_id) do update
      set topics = ${mergedWakeUp.topics}, version = ${mergedWakeUp.version}
  `.execute(db);
}

/** A payout of ours that is under way is told of by itself; what its account did is not news. */
const whoseMoneyMoved = sql`
  select 'seller/' || sellers.id, 'money'
    from given join fresh using (event_id)
      join sellers on sellers.stripe_account = given.account
    where given.money is not null and sellers.status <> 'closed' and case given.money
      when 'stale' then sellers.movements_read_at is null
        or sellers.movements_read_at < business_now() - interval '5 minutes'
      else not exists (select from payouts where payouts.seller_id = sellers.id
        and (payouts.stripe_payout_id = given.object_id and payouts.status <> 'settled'
          or payouts.status = 'transferred')) end
`;

/** What comes back after its seller was closed has to be booked all the same. */
const whoWasClosed = sql`
  select 'seller/' || sellers.id, topic
    from given join fresh using (event_id)
      join payouts on payouts.stripe_payout_id = given.object_id and payouts.status = 'settled'
      join sellers on sellers.id = payouts.seller_id and sellers.status = 'closed'
      cross join unnest(array['money', 'reopened']) as topic
    where given.money = 'unless-ours'
`;

/** When an event about money at an account wakes its seller. A failure may be of anybody's payout. */
function moneyOf(rule: WakeRule, type: string): 'unless-ours' | 'stale' | null {
  if (rule.wakes === 'seller-if-stale') return 'stale';
  const mayBeForeign = rule.wakes === 'payout' && type !== 'payout.paid';
  return mayBeForeign || rule.wakes === 'seller-unless-ours' ? 'unless-ours' : null;
}

/** True where an event about the end of this payout of Stripe's is stored, paid or not. */
export function isEndStored(stripePayoutId: RawBuilder<unknown>) {
  return sql<boolean>`exists (select from inbox where object_id = ${stripePayoutId}
    and type in ('payout.paid', 'payout.failed', 'payout.canceled'))`;
}
