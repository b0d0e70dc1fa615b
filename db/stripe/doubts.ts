import { type RawBuilder, sql } from 'kysely';
import type { PayoutId, SellerId } from '../../domain/ids.ts';
import type { Explainer, Unexplained } from '../../domain/payouts/look-ups.ts';
import { unexplainedCauses } from '../../domain/reconciliation/discrepancies.ts';
import type { MadeAtStripe } from '../../domain/stripe.ts';
import type { Db } from '../connect.ts';
import { mayHaveMade } from '../schema/statuses.ts';

/** True for a line whose money has not come back, or not all of it, as SQL. */
const isNotBack = sql<boolean>`line.net + coalesce((select sum(back.net) from movements as back
  where back.seller_id is not distinct from line.seller_id and back.id <> line.id
    and sign(back.net) <> sign(line.net) and (back.source = line.source
      or back.charge = line.source or back.transfer = line.object)), 0) <> 0`;

/**
 * Everything in a payout's name that is known and that no entry of the payout explains, as SQL with
 * the rows of `Unexplained`: open adoptions, open discrepancies, and lines of Stripe's books whose
 * money has not come back.
 */
export function unexplainedOf(objectId: RawBuilder<unknown>) {
  return sql`
    select 'adoption' as kind, stripe_id as id, step, stripe_id as object from adoptions
    where payout_id = ${objectId} and closed_at is null
    union all
    select 'line', id, case when transfer is null then 'payout' else 'transfer' end, object
    from movements as line
    where payout_id = ${objectId} and standing in ('open', 'unknown-payout')
      and not exists (select from payouts where payouts.id = ${objectId}
        and line.object in (payouts.transfer_id, payouts.stripe_payout_id))
      and ${isNotBack}
    union all
    select 'discrepancy', id, null, stripe_id from discrepancies
    where payout_id = ${objectId} and closed_at is null and agrees_since is null
      and cause in (${sql.join(unexplainedCauses)})
  `;
}

/**
 * What Stripe made in our name for the seller of a payout, in its currency, and this database does
 * not know, as SQL with the rows of `MadeAtStripe`: open adoptions, and lines of Stripe's books
 * that name payouts which have no such object, and no attempt that can have made the object.
 * `payout` is the name of the table with the payout's row. Lines that a person has decided about,
 * and money that has come back, are left out.
 */
export function unknownMadeFor(payout: 'payout' | 'payouts') {
  const of = sql.ref(payout);
  return sql`
    select stripe_id as "stripeId", step, payout_id as "payoutId",
      stripe_account as "stripeAccount", amount, currency, created_at as "createdAt"
    from adoptions where stripe_account = ${of}.stripe_account and currency = ${of}.currency
      and closed_at is null
    union all
    select object, step, payout_id, ${of}.stripe_account, abs(net), currency, created_at
    from (select *, case when transfer is null then 'payout' else 'transfer' end as step
      from movements) as line
    where seller_id = ${of}.seller_id and currency = ${of}.currency
      and standing in ('open', 'unknown-payout') and payout_id is not null and object is not null
      and (net > 0) = (step = 'transfer')
      and not exists (select from payouts as its where its.id = line.payout_id
        and line.object in (its.transfer_id, its.stripe_payout_id))
      and not exists (select from attempts where object_id = line.payout_id
        and attempts.step = line.step and ${mayHaveMade})
      and not exists (select from adoptions where adoptions.stripe_id = line.object)
      and not exists (select from discrepancies where discrepancies.stripe_id = line.object
        and closed_at is not null)
      and ${isNotBack}
  `;
}

/** Lists what Stripe made for the seller of a payout and this database does not know. */
export async function listUnknownMade(db: Db, payoutId: PayoutId): Promise<MadeAtStripe[]> {
  const { rows } = await sql<MadeAtStripe>`
    select known.* from payouts, lateral (${unknownMadeFor('payouts')}) as known
    where payouts.id = ${payoutId} order by "stripeId", step
  `.execute(db);
  return rows;
}

/** Finds something unexplained in a payout's name. */
export async function findUnexplained(
  db: Db,
  payoutId: PayoutId,
): Promise<Unexplained | undefined> {
  const { rows } = await sql<Unexplained>`
    select * from (${unexplainedOf(sql`${payoutId}`)}) as unexplained
    order by kind = 'line', kind, id limit 1
  `.execute(db);
  return rows[0];
}

/**
 * When a person last said that Stripe made nothing for a step, as SQL; null if nobody said so. A
 * person says so with `confirm-not-sent`, or by dismissing an object that Stripe made for the step.
 */
export function wordOf(objectId: RawBuilder<unknown>, step: RawBuilder<unknown>) {
  return sql<string | null>`(select max(at) from (
    select decided_at as at from attempts where object_id = ${objectId} and step = ${step}
      and refusal = 'confirmed-not-sent' and first_sent_at is not null
    union all
    select closed_at from adoptions where payout_id = ${objectId} and step = ${step}
      and outcome = 'dismissed') as said)`;
}

/** What a look at Stripe before another attempt must know. */
export type Doubtful = {
  /** When a person said that Stripe made nothing. Null if nobody said so. */
  wordAt: string | null;
  /** When the step was first sent, or its payout ordered: what Stripe made for it is later. */
  since: string;
  /** How many hours ago the person said so and the step could be sent. Null if nobody said so. */
  hours: number | null;
};

/** Reads since when a step rests on a person's word. */
export async function readDoubtful(
  db: Db,
  objectId: string,
  step: string,
): Promise<Doubtful | undefined> {
  const word = wordOf(sql`${objectId}`, sql`${step}`);
  const { rows } = await sql<Doubtful>`
    select word_at as "wordAt", coalesce(first_at, ordered_at) as since,
      extract(epoch from business_now() - greatest(word_at, reserved_at))::float / 3600 as hours
    from (
      select ${word} as word_at,
        (select min(first_sent_at) from attempts
          where object_id = ${objectId} and step = ${step}) as first_at,
        least((select min(created_at) from adoptions where payout_id = ${objectId}),
          (select created_at from payouts where id = ${objectId}),
          (select created_at from sellers where id = ${objectId})) as ordered_at,
        (select reserved_at from payouts where id = ${objectId}) as reserved_at
    ) as step where coalesce(first_at, ordered_at) is not null
  `.execute(db);
  return rows[0];
}

/**
 * Says what explains each of these objects at a seller's account. A payout or attempt of ours has
 * it. Otherwise a person dismissed it or closed a discrepancy about it, or the ledger booked its
 * line without a discrepancy, for example as income. Unexplained objects are left out.
 */
export async function readExplained(
  db: Db,
  sellerId: SellerId,
  stripeIds: readonly string[],
): Promise<Map<string, Explainer>> {
  if (stripeIds.length === 0) return new Map();
  const about = sql`select from discrepancies where discrepancies.stripe_id = given.id`;
  const { rows } = await sql<{ id: string; by: Explainer | null }>`
    select id, case when exists (select from payouts where transfer_id = id)
        or exists (select from payouts where stripe_payout_id = id)
        or exists (select from attempts where stripe_id = id) then 'payout'
      when exists (select from adoptions where adoptions.stripe_id = id and outcome = 'dismissed')
        or exists (${about} and closed_at is not null)
        or exists (select from movements where seller_id = ${sellerId} and object = given.id
          and standing = 'claimed') and not exists (${about} and closed_at is null) then 'books'
      end as by
    from unnest(${stripeIds}::text[]) as given(id)
  `.execute(db);
  return new Map(rows.flatMap(({ id, by }) => (by === null ? [] : [[id, by] as const])));
}
