import { type RawBuilder, sql } from 'kysely';
import type { PayoutId, SellerId } from '../../domain/ids.ts';

/** What was ordered, in terms that every copy of the database shares. */
type Ordered =
  | { by: 'request'; sellerId: SellerId; idempotencyKey: string }
  | { by: 'payday'; sellerId: SellerId; currency: string; payday: string }
  | { by: 'threshold'; sellerId: SellerId; currency: string }
  | { by: 'replacement'; replaces: PayoutId };

/**
 * The id of an ordered payout, as SQL. Two databases that contain the same order compute the same
 * id, and therefore use the same idempotency keys at Stripe: if a copy of the database was started,
 * Stripe pays the order once. A row that already has the id is this order, so callers never insert
 * a second one. A replacement belongs to the payout that it replaces.
 */
export function orderedPayoutId(of: Ordered): RawBuilder<PayoutId> {
  switch (of.by) {
    case 'request':
      return idOf(of.by, of.sellerId, of.idempotencyKey);
    case 'payday':
      return idOf(of.by, of.sellerId, of.currency, new Date(of.payday).toISOString());
    case 'threshold':
      // Rows are never deleted, so the number of payouts is never used twice.
      return idOf(of.by, of.sellerId, of.currency, countPayouts(of));
    case 'replacement':
      return idOf(of.by, of.replaces);
  }
}

function idOf(...parts: (string | RawBuilder<string>)[]): RawBuilder<PayoutId> {
  const texts = parts.map((part) => sql`${part}::text`);
  return sql<PayoutId>`ordered_payout_id(${sql.join(texts)})`;
}

function countPayouts(of: { sellerId: SellerId; currency: string }): RawBuilder<string> {
  return sql<string>`(select count(*) from payouts
    where seller_id = ${of.sellerId} and currency = ${of.currency})`;
}
