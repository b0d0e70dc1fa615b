import { sql } from 'kysely';
import type { StripeAccountId } from '../../domain/ids.ts';
import type { MadeAtStripe } from '../../domain/stripe.ts';
import type { Db, Tx } from '../connect.ts';
import { stopMoney } from '../money-stops/orders.ts';
import { isBeforeStripe, isInFlight, mayHaveMade } from '../schema/statuses.ts';
import { businessNow } from '../time.ts';
import { insertWakeUps, workflowId } from '../wake-ups.ts';

/**
 * The comparison begins this many seconds before the last recorded activity, because clocks differ
 * and a transaction commits after the time that it records.
 */
const overlapSeconds = 3600;

/**
 * Reads what must be compared with Stripe before money may move. Undefined if the comparison was
 * made after the last start of PostgreSQL. `since` is the last recorded activity of the database;
 * everything that a backup lost happened later. A write before the comparison does not change
 * `alive_at`, because an earning may arrive immediately after a restore.
 */
export async function readUncompared(
  db: Db,
): Promise<{ start: string; since: string; accounts: StripeAccountId[] } | undefined> {
  const { rows } = await sql<{ start: string; since: string; accounts: StripeAccountId[] }>`
    select postgres_start() as start, coalesce(alive_at, greatest(
        (select created_at from ledger_entries order by id desc limit 1),
        (select max(created_at) from payouts),
        (select created_at from installation)), business_now())
        - ${overlapSeconds} * interval '1 second' as since,
      array(select distinct stripe_account from payouts
        where ${isInFlight()} and stripe_account is not null) as accounts
    from operations where compared_start is distinct from postgres_start()
  `.execute(db);
  return rows[0];
}

/**
 * Returns the objects that none of our attempts can have made and that are not recorded as
 * adoptions. If our attempt was refused, a later attempt made the object, and the backup lost that
 * attempt.
 */
export async function keepUnknown(db: Db, made: readonly MadeAtStripe[]): Promise<MadeAtStripe[]> {
  if (made.length === 0) return [];
  const { rows } = await sql<{ stripe_id: string }>`
    select stripe_id from jsonb_to_recordset(${JSON.stringify(
      made.map(({ stripeId, step, payoutId }) => ({
        stripe_id: stripeId,
        step,
        payout_id: payoutId,
      })),
    )}::jsonb) as made(stripe_id text, step text, payout_id text)
    where not exists (select from attempts where object_id = made.payout_id
        and attempts.step = made.step and ${mayHaveMade})
      and not exists (select from adoptions where adoptions.stripe_id = made.stripe_id)
  `.execute(db);
  const unknown = new Set(rows.map((row) => row.stripe_id));
  return made.filter(({ stripeId }) => unknown.has(stripeId));
}

/** Records objects that this database does not know, and stops money because of them. */
export async function recordUnknownMade(db: Db, made: readonly MadeAtStripe[]): Promise<void> {
  if (made.length === 0) return;
  await db.transaction().execute((tx) => noteUnknownMade(tx, made));
}

/**
 * Like `recordUnknownMade`, inside a transaction. Objects that a person has adopted or dismissed
 * stop nothing.
 */
export async function noteUnknownMade(tx: Tx, made: readonly MadeAtStripe[]): Promise<void> {
  if (made.length === 0) return;
  const given = JSON.stringify(
    made.map((one) => ({
      stripe_id: one.stripeId,
      step: one.step,
      payout_id: one.payoutId,
      stripe_account: one.stripeAccount,
      amount: one.amount,
      currency: one.currency,
      created_at: one.createdAt,
    })),
  );
  await sql`
    insert into adoptions (stripe_id, step, payout_id, stripe_account, amount, currency, created_at)
    select * from jsonb_to_recordset(${given}::jsonb) as given(stripe_id text, step text,
      payout_id text, stripe_account text, amount bigint, currency text, created_at timestamptz)
    order by stripe_id on conflict do nothing
  `.execute(tx);
  const ids = made.map(({ stripeId }) => stripeId);
  const open = await tx
    .selectFrom('adoptions')
    .select('stripe_id')
    .where(sql<boolean>`stripe_id = any(${ids}::text[])`)
    .where('closed_at', 'is', null)
    .limit(1)
    .execute();
  if (open.length === 0) return;
  await stopMoney(tx, { cause: 'unknown-at-stripe', reason, by: 'engine' });
}

const reason =
  'Stripe has made transfers or payouts that this database does not know. Either the database ' +
  'was restored from a backup, or another engine pays from this account. ' +
  'GET /v1/recovery lists them.';

/**
 * Records that the comparison with Stripe was made for this start of PostgreSQL, unless PostgreSQL
 * has started again since. If only this database was restored, workflows are ahead of their rows
 * and wait for later steps. This function therefore wakes the workflows whose rows have no time to
 * look again.
 */
export async function recordCompared(db: Db, start: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { numUpdatedRows: isCompared } = await tx
      .updateTable('operations')
      .set({ compared_start: start, alive_at: businessNow })
      .where(postgresStart, '=', start)
      .executeTakeFirst();
    if (isCompared === 0n) return;
    await insertWakeUps(
      tx,
      sql`select ${workflowId('payout', 'id')}, array['payouts'] from payouts
        where ${isBeforeStripe()}
          and parked is null and look_again_at is null
        union all
        select ${workflowId('seller', 'id')}, array['account'] from sellers
        where stripe_account is null and status <> 'closed' and parked is null`,
    );
  });
}

/**
 * Records activity of the database, if the comparison with Stripe was made. A backup lacks only
 * changes after its last recorded activity. While another engine may have the right to send, and
 * since this engine last saw that it has the right, that engine may have paid this database's
 * payouts, so the next comparison must include that time.
 */
export async function recordAlive(db: Db): Promise<void> {
  await db
    .updateTable('operations')
    .set({ alive_at: aliveAt })
    .where('compared_start', '=', postgresStart)
    .where(sql<boolean>`not exists (select from right_to_send where lost_to is not null)`)
    .execute();
}

const postgresStart = sql<string>`postgres_start()`;
const aliveAt = sql<string>`(select least(business_now(), seen_at) from right_to_send)`;
