import type { Seller } from '../domain/seller.ts';
import { ledger } from './policies.ts';

/** A payday has come: orders the payouts of it, which then start as any other, and plans the next. */
export async function openPayday({ sellerId }: Seller): Promise<Seller> {
  return ledger.openPayday({ sellerId });
}

/** What the timer of an idle seller is for, as the Temporal UI shows it. */
export function summaryOfWait({ paydayAt }: Seller, until: string | null): string {
  return until !== null && until === paydayAt ? 'Opens the payday' : 'Looks at the account';
}
