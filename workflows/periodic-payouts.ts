import type { Seller } from '../domain/sellers.ts';
import { ledger } from './policies.ts';

/** A payday has come: orders the payouts of it, which then start as any other, and plans the next. */
export async function openPayday({ sellerId }: Seller): Promise<Seller> {
  return ledger.openPayday({ sellerId });
}
