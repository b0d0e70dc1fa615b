import type { Seller } from '../domain/sellers.ts';
import { ledger } from './policies.ts';

/**
 * Orders the payouts of a payday that is due, and plans the next payday. These payouts then start
 * like all other payouts.
 */
export async function openPayday({ sellerId }: Seller): Promise<Seller> {
  return ledger.openPayday({ sellerId });
}
