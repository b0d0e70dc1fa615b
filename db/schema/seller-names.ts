import { type RawBuilder, sql } from 'kysely';
import type { SellerNames } from '../../domain/ids.ts';

/**
 * What people call a seller, as one value of a query. `sellerId` is the seller's id in SQL. Null if
 * the id is null.
 */
export function sellerNamesOf(sellerId: RawBuilder<unknown>) {
  return sql<SellerNames>`(select json_build_object('externalId', named.external_id,
    'displayName', named.display_name) from sellers as named where named.id = ${sellerId})`;
}
