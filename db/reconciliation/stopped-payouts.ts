import { sayStopped } from '../../domain/reconciliation/words.ts';
import { total } from '../../domain/ledger.ts';
import { moneyOf } from '../../domain/payouts/transition-type.ts';
import type { Payout } from '../../domain/payouts/states.ts';
import type { Return, SentPayout } from '../../domain/payouts/transitions.ts';
import type { Db, Tx } from '../connect.ts';
import { placeHold } from '../holds.ts';
import { recordBack } from '../payouts/steps.ts';
import { findDiscrepancyOver, openDiscrepancies } from './discrepancies.ts';

/**
 * Records that the money of a payout is back at the account. If others stopped the payout, its
 * money is held in the same transaction.
 */
export async function recordReturn(db: Db, payout: SentPayout, why: Return): Promise<Payout> {
  return recordBack(db, payout, why, holdStoppedPayout);
}

/**
 * Holds the money of a payout that somebody stopped or debited back outside the engine, so that the
 * next payday does not pay it again, and opens a discrepancy for a person. The caller has locked
 * the seller.
 */
async function holdStoppedPayout(
  tx: Tx,
  payout: SentPayout,
  { debit }: Pick<Return, 'debit'>,
): Promise<void> {
  const { payoutId, sellerId, currency, stripePayoutId } = payout;
  const amount = total(moneyOf(payout));
  const cause = debit === undefined ? 'payout-stopped' : 'payout-reversed';
  const object = debit ?? stripePayoutId;
  const atStripe = { movementId: null, object, net: amount, currency };
  const difference = { cause, object, sellerId } as const;
  const found = { ...difference, payoutId, atStripe };
  await openDiscrepancies(tx, [found]);
  const about = await findDiscrepancyOver(tx, found);
  const why = { reasonCode: 'payout-stopped', reason: sayStopped(cause, object), about } as const;
  const hold = { source: 'system', ...why, currency, amount, expiresAt: null } as const;
  await placeHold(tx, { sellerId, ...hold }, 'engine');
}
