import { sql } from 'kysely';
import { newId } from '../../domain/ids.ts';
import { type KnownRight, renewalMinutes } from '../../domain/recovery/right-to-send.ts';
import type { Db, Tx } from '../connect.ts';
import { stopMoney } from '../money-stops/orders.ts';

/** What the database knows of the right to send, and the time of reading it. */
export type RightRecord = KnownRight & { readAt: string };

/** Reads what the database knows of the right to send. */
export async function readRight(db: Db): Promise<RightRecord> {
  const { rows } = await sql<RightRecord>`
    select token, next_tokens as "nextTokens", business_now() as "readAt",
      is_unguarded as "isUnguarded",
      case when next_start = postgres_start() then next_tokens[cardinality(next_tokens)] end as next,
      claimed_start is distinct from postgres_start() or claimed_at is null
        or claimed_at < business_now() - ${renewalMinutes} * interval '1 minute' as "isDue"
    from right_to_send
  `.execute(db);
  const [row] = rows;
  if (!row) throw new Error('the row of the right to send is missing');
  return row;
}

/**
 * Returns the token to set next, chosen since PostgreSQL started. It is stored before Stripe
 * receives it, so the engine recognizes it after a crash.
 */
export async function chooseNextToken(db: Db): Promise<string> {
  const { rows } = await sql<{ next: string }>`
    update right_to_send set next_start = postgres_start(),
      next_tokens = case when next_start = postgres_start() then next_tokens
        else next_tokens || ${newId('right')}::text end
    returning next_tokens[cardinality(next_tokens)] as next
  `.execute(db);
  return rows[0]?.next ?? '';
}

/**
 * Records that Stripe's object shows the token that this engine set last. Also chooses the next
 * token, long before it is set: a replica that is a moment behind then knows it, too.
 */
export async function recordRenewed(db: Db, token: string, readAt: string): Promise<void> {
  await sql`
    update right_to_send set token = ${token}, next_tokens = array[${newId('right')}::text],
      claimed_start = postgres_start(), claimed_at = ${readAt}, seen_at = ${readAt}, lost_to = null,
      lost_reason = null, is_unguarded = false
    where next_start = postgres_start() and ${token} = any(next_tokens)
  `.execute(db);
}

/** Records that Stripe's object still shows the token of this engine. */
export async function recordSeen(db: Db, token: string, readAt: string): Promise<void> {
  await sql`
    update right_to_send set seen_at = ${readAt}
    where token = ${token} and claimed_start = postgres_start()
  `.execute(db);
}

/** Records that the engine sends although the key may not see or set the token. */
export async function recordUnguarded(db: Db, readAt: string): Promise<void> {
  await sql`
    update right_to_send set claimed_start = postgres_start(), claimed_at = ${readAt},
      seen_at = ${readAt}
    where token is null or is_unguarded
  `.execute(db);
}

/**
 * Records that another engine may have the right to send, and stops money. `known` is what was read
 * before the look at Stripe. If it has changed since, another worker of this engine has renewed the
 * right, so the look proves nothing, and nothing is recorded.
 */
export async function recordRightLost(
  db: Db,
  known: Pick<KnownRight, 'token' | 'nextTokens'>,
  { to, reason }: { to: string; reason: string },
): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const { numAffectedRows: lost } = await sql`
      update right_to_send set lost_to = ${to}, lost_reason = ${reason}, claimed_start = null
      where lost_to is distinct from ${to}
        and token is not distinct from ${known.token}
        and next_tokens = ${[...known.nextTokens]}::text[]
    `.execute(tx);
    if (lost) await stopMoney(tx, { cause: 'right-to-send-lost', reason, by: 'engine' });
  });
}

/**
 * Takes the right to send over from the state that the engine reported when it stopped money,
 * because a person lifts the stop of that cause. The engine then claims the right before it sends.
 * If the state has changed since, for example because the other engine is still running, money
 * stops again. Without the permission, the engine keeps its tokens and sends unguarded. Otherwise,
 * the other engine may have paid this database's payouts: everything is compared with Stripe again
 * first.
 */
export async function takeRightOver(tx: Tx): Promise<void> {
  const { rows } = await sql<{ isUnguarded: boolean }>`
    update right_to_send set lost_to = null, lost_reason = null, claimed_start = null,
      is_unguarded = lost_to = 'forbidden',
      token = case lost_to when 'forbidden' then token when 'nothing' then null else lost_to end
    where lost_to is not null returning is_unguarded as "isUnguarded"
  `.execute(tx);
  if (!rows.some(({ isUnguarded }) => !isUnguarded)) return;
  await tx.updateTable('operations').set({ compared_start: null }).execute();
}

/** Reads why the engine may not send. Null if it may, or has not looked yet. */
export async function readLostRight(db: Db): Promise<string | null> {
  const row = await db.selectFrom('right_to_send').select('lost_reason').executeTakeFirst();
  return row?.lost_reason ?? null;
}
