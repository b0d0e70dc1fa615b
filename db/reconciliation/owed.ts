import { sql } from 'kysely';
import type { PayoutId, SellerId } from '../../domain/ids.ts';
import type { OwedFacts } from '../../domain/reconciliation/closing.ts';
import type { DiscrepancyRecord } from '../../domain/reconciliation/discrepancies.ts';
import type { Tx } from '../connect.ts';
import { isInFlight } from '../schema/statuses.ts';

/**
 * Reads the facts that decide whether money that somebody else moved can count as paid. An object
 * of these ids, or of this payout, may have to be adopted first.
 */
export async function readOwed(
  tx: Tx,
  of: { sellerId: SellerId | null; currency: string | null },
  made: { stripeIds: readonly string[]; payoutId: PayoutId | null },
): Promise<OwedFacts> {
  const { sellerId, currency } = of;
  const { rows } = await sql<OwedFacts>`
    select (select id from payouts where seller_id = ${sellerId}
        and currency = ${currency} and ${isInFlight()}) as "inFlight",
      coalesce((select amount from balances where seller_id = ${sellerId}
        and currency = ${currency} and place = 'platform'), 0) as "atPlatform",
      coalesce((select sum(amount - allocated - held) from earnings where seller_id = ${sellerId}
        and currency = ${currency} and allocated < amount), 0)::bigint as unpaid,
      exists (select from adoptions where closed_at is null and (payout_id = ${made.payoutId}
        or stripe_id = any(${made.stripeIds}::text[]))) as "isToAdopt"
  `.execute(tx);
  const [row] = rows;
  if (!row) throw new Error('a query without from has one row');
  return row;
}

/**
 * How much of the money of a discrepancy still is where it moved to: the lines of its object, less
 * what was taken back from its arrival. Null if the account's books do not show it yet. A
 * discrepancy about an unknown payout may have been opened over the platform's line of the same
 * transfer. A later discrepancy over one object is named after its line, and is about this line
 * alone.
 */
export async function readMoved(tx: Tx, of: DiscrepancyRecord): Promise<number | null> {
  const { sellerId, stripeCurrency: currency, stripeId, movementId } = of;
  const object = of.object === movementId ? null : stripeId;
  const { rows } = await sql<{ moved: number | null }>`
    with own as (select id, net, source, transfer from movements
      where seller_id = ${sellerId} and currency = ${currency}
        and (id = ${movementId} or object = ${object}))
    select ((select sum(net) from own) + coalesce((select sum(net) from movements
      where seller_id = ${sellerId} and id not in (select id from own)
        and charge in (select source from own where transfer is not null)), 0))::bigint as moved
  `.execute(tx);
  return rows[0]?.moved ?? null;
}
