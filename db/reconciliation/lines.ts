import { sql } from 'kysely';
import type { SellerId } from '../../domain/ids.ts';
import type { Movement, Standing } from '../../domain/reconciliation/movements.ts';
import type { Tx } from '../connect.ts';

/**
 * Stores lines of Stripe's books, each once, in the given order. Without a seller, the lines are
 * the platform's.
 */
export async function keepLines(
  tx: Tx,
  sellerId: SellerId | null,
  lines: readonly Movement[],
): Promise<void> {
  if (lines.length === 0) return;
  const given = JSON.stringify(
    lines.map((line, position) => ({
      ...line,
      created_at: line.createdAt,
      available_on: line.availableOn,
      payout_id: line.payoutId,
      is_of_charge: line.isOfCharge,
      of_charge: line.ofCharge,
      position,
    })),
  );
  await sql`
    insert into movements (id, seller_id, type, currency, net, source, object, transfer, charge,
      payout_id, is_of_charge, of_charge, created_at, available_on)
    select id, ${sellerId}, type, currency, net, source, object, transfer, charge, payout_id,
      is_of_charge, of_charge, created_at, available_on
    from jsonb_to_recordset(${given}::jsonb) as given(id text, type text, currency text,
      net bigint, source text, object text, transfer text, charge text, payout_id text,
      is_of_charge boolean, of_charge text, created_at timestamptz, available_on timestamptz, position integer)
    order by position
    on conflict (id) do nothing
  `.execute(tx);
}

/** An unexplained line, with its recorded standing and its place in the order. */
export type OpenLine = Movement & { standing: Standing; position: number };

/** The unexplained lines of one book, in the order in which they happened. */
export async function listOpenLines(
  tx: Tx,
  sellerId: SellerId | null,
  { after, limit }: { after?: OpenLine | undefined; limit?: number } = {},
): Promise<OpenLine[]> {
  const { rows } = await sql<OpenLine>`
    select id, type, net, currency, source, object, transfer, charge, payout_id as "payoutId",
      is_of_charge as "isOfCharge", of_charge as "ofCharge", created_at as "createdAt", available_on as "availableOn",
      standing, position
    from movements
    where ${sellerId === null ? sql`seller_id is null` : sql`seller_id = ${sellerId}`}
      and standing in ('open', 'unknown-payout')
      and ${after ? sql`(created_at, position) > (${after.createdAt}, ${after.position})` : sql`true`}
    order by created_at, position limit ${limit ?? null}
  `.execute(tx);
  return rows;
}

/**
 * Records which lines confirm which entries. Open discrepancies about a missing line or entry are
 * marked as agreeing.
 */
export async function linkLines(
  tx: Tx,
  side: 'account' | 'platform',
  links: readonly { entryId: number; movementId: string }[],
): Promise<void> {
  if (links.length === 0) return;
  const given = JSON.stringify(
    links.map(({ entryId, movementId }) => ({ entry_id: entryId, movement_id: movementId })),
  );
  await sql`
    update claims set movement_id = given.movement_id
    from jsonb_to_recordset(${given}::jsonb) as given(entry_id bigint, movement_id text)
    where claims.entry_id = given.entry_id and side = ${side}
  `.execute(tx);
  await sql`
    update discrepancies set agrees_since = business_now()
    from jsonb_to_recordset(${given}::jsonb) as given(entry_id bigint, movement_id text)
    where agrees_since is null and closed_at is null
      and (cause = 'line-missing' and object = given.entry_id || '/' || ${side}::text
        or cause in ('entry-missing', 'payout-unknown')
          and discrepancies.movement_id = given.movement_id)
  `.execute(tx);
}

/** Records how far lines are explained. A line with the same standing is not written again. */
export async function recordStandings(
  tx: Tx,
  taken: readonly { id: string; standing: Standing }[],
): Promise<void> {
  if (taken.length === 0) return;
  await sql`
    update movements set standing = given.standing
    from jsonb_to_recordset(${JSON.stringify(taken)}::jsonb) as given(id text, standing text)
    where movements.id = given.id and movements.standing <> given.standing
  `.execute(tx);
}
