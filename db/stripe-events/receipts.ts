import { sql } from 'kysely';
import type { DestinationRole } from '../../domain/stripe-events/destinations.ts';
import {
  lookMinutes,
  type Receipt,
  refusedHours,
  undeliveredMinutes,
} from '../../domain/stripe-events/receipts.ts';
import type { Db } from '../connect.ts';
import { instant } from '../time.ts';

/** A refused request. `role` is null if the request is not plausible. */
export type RefusedWebhook = {
  problem: string;
  claims: { role: DestinationRole; account: string | null } | null;
};

/**
 * Counts refused requests, without their bodies. An event counts for its destination only if its
 * account is the platform or a seller's account: garbage from the internet fails no check.
 */
export async function recordRefusedWebhooks(
  db: Db,
  refused: readonly RefusedWebhook[],
): Promise<void> {
  const given = JSON.stringify(
    refused.map(({ problem, claims }) => ({
      problem,
      role: claims?.role ?? null,
      account: claims?.account ?? null,
    })),
  );
  const all = sql`jsonb_to_recordset(${given}::jsonb) as given(problem text, role text, account text)`;
  await sql`
    insert into refused_webhooks as known (problem, count)
    select problem, count(*) from ${all} group by problem order by problem
    on conflict (problem) do update set count = known.count + excluded.count, last_at = now()
  `.execute(db);
  await sql`
    insert into webhook_destinations as known (role, refused, refused_because, refused_first_at,
      refused_last_at)
    select role, count(*), max(problem), now(), now() from ${all}
    where role is not null and (account is null
      or exists (select from sellers where stripe_account = account))
    group by role order by role
    on conflict (role) do update set refused = known.refused + excluded.refused,
      refused_because = excluded.refused_because, refused_last_at = now(),
      refused_first_at = coalesce(known.refused_first_at, now())
  `.execute(db);
}

/** Records that events of these destinations were accepted, which ends their refusals. */
export async function recordAccepted(db: Db, roles: readonly DestinationRole[]): Promise<void> {
  await sql`
    insert into webhook_destinations (role, is_expected, accepted_at)
    select role, true, now() from unnest(${roles}::text[]) as given(role) order by role
    on conflict (role) do update set is_expected = true, accepted_at = now(), refused = 0,
      refused_because = null, refused_first_at = null, refused_last_at = null
  `.execute(db);
}

/** True if nobody has looked at the destinations at Stripe for some minutes. */
export async function isLookDue(db: Db): Promise<boolean> {
  const { rows } = await sql<{ due: boolean }>`
    select not exists (select from webhook_destinations
      where looked_at > now() - ${lookMinutes} * interval '1 minute') as due
  `.execute(db);
  return rows[0]?.due ?? true;
}

/** Records what a look at the destinations at Stripe showed. */
export async function recordLook(
  db: Db,
  seen: readonly Pick<Receipt, 'role' | 'fault'>[],
): Promise<void> {
  await sql`
    insert into webhook_destinations (role, is_expected, fault, looked_at)
    select role, true, fault, now()
    from jsonb_to_recordset(${JSON.stringify(seen)}::jsonb) as given(role text, fault text)
    order by role
    on conflict (role) do update set is_expected = true, fault = excluded.fault, looked_at = now()
  `.execute(db);
}

/**
 * The expected destinations as JSON. A destination is silent if the sweep found an event of it some
 * time ago, or a payout was read as paid without an event, and no event was accepted since.
 */
export const receipts = sql<Receipt[]>`(select coalesce(json_agg(json_build_object('role', role,
    'fault', fault, 'refusedBecause', refused_because, 'refused', case
      when refused_last_at > now() - ${sql.lit(refusedHours)} * interval '1 hour' then refused
      else 0 end, 'acceptedAt', ${instant('accepted_at')},
    'isSilent', is_expected and exists (${missedEvent()})) order by role), '[]')
  from webhook_destinations)`;

function missedEvent() {
  const late = sql`now() - ${sql.lit(undeliveredMinutes)} * interval '1 minute'`;
  const recent = sql`now() - interval '1 day'`;
  return sql`select from inbox where via = 'sweep' and received_at between ${recent} and ${late}
      and received_at > coalesce(accepted_at, '-infinity')
      and role = case when type like 'v2.%' then 'account-changes'
        when account is null then 'platform' else 'accounts' end
    union all
    select from payouts, clock where role = 'accounts' and stripe_payout_id is not null
      and paid_at - offset_ms * interval '1 millisecond' between ${recent} and ${late}
      and paid_at - offset_ms * interval '1 millisecond' > coalesce(accepted_at, '-infinity')
      and not exists (select from inbox where object_id = stripe_payout_id)`;
}
