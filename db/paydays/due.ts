import type { SellerId } from '../../domain/ids.ts';
import type { Db } from '../connect.ts';

/** Lists a page of the sellers who have a payday at this instant or before, in the order of ids. */
export async function listSellersDue(
  db: Db,
  { until, after, limit }: { until: string; after: SellerId | undefined; limit: number },
): Promise<{ id: SellerId }[]> {
  return db
    .selectFrom('sellers')
    .select('id')
    .where('next_payout_at', '<=', until)
    .where('status', '<>', 'closed')
    .$if(after !== undefined, (query) => query.where('id', '>', after as SellerId))
    .orderBy('id')
    .limit(limit + 1)
    .execute();
}
