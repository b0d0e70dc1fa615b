import type { Tx } from '../../db/connect.ts';
import { findInstallation, type Installation } from '../../db/operations/installation.ts';
import * as views from '../../db/payouts/views.ts';
import { findSeller, findSellerToUse } from '../../db/sellers/rows.ts';
import type { PayoutRecord, SellerRecord } from '../../domain/explanations/facts.ts';
import type { PayoutId, SellerId } from '../../domain/ids.ts';
import type { AppDeps } from './context.ts';
import { Problem } from './problems.ts';

/**
 * Reads what the first start of a worker recorded about the platform. Throws the problem
 * `unavailable` before.
 */
export async function readInstallation(db: AppDeps['db']): Promise<Installation> {
  const installation = await findInstallation(db);
  if (installation) return installation;
  throw new Problem(
    'unavailable',
    'No worker has started yet, and the first start reads the country of the platform from Stripe',
  );
}

/** Reads the payout that a path names. Throws the problem `unknown-payout`. */
export async function readPayout(db: AppDeps['db'], payoutId: PayoutId): Promise<PayoutRecord> {
  const payout = await views.findPayout(db, payoutId);
  if (!payout) throw new Problem('unknown-payout', 'No payout has this id');
  return payout;
}

/** Reads the seller that a path names. Throws the problem `unknown-seller`. */
export async function readSeller(db: AppDeps['db'], sellerId: SellerId): Promise<SellerRecord> {
  const seller = await findSeller(db, sellerId);
  if (!seller) throw new Problem('unknown-seller', 'No seller has this id');
  return seller;
}

/**
 * Reads a seller that is not closed, and prevents its closing until the transaction ends. Throws
 * the problems `unknown-seller` and `seller-closed`.
 */
export async function readOpenSeller(tx: Tx, sellerId: SellerId): Promise<SellerRecord> {
  const seller = await findSellerToUse(tx, sellerId);
  if (!seller) throw new Problem('unknown-seller', 'No seller has this id');
  refuseClosed(seller);
  return seller;
}

/** Throws the problem `seller-closed` for a closed seller. */
export function refuseClosed({ status }: Pick<SellerRecord, 'status'>): void {
  if (status === 'closed') throw new Problem('seller-closed', 'Reopen the seller first');
}
