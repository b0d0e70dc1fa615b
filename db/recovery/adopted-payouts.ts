import { sql } from 'kysely';
import type { PayoutId, SellerId, StripePayoutId, TransferId } from '../../domain/ids.ts';
import { type PayoutMoney, total } from '../../domain/ledger.ts';
import { minor } from '../../domain/money.ts';
import type { CancelAnswer } from '../../domain/payouts/states.ts';
import { adopted, cancelAnswerOfAdopted } from '../../domain/recovery/adoption.ts';
import type { MadeAtStripe } from '../../domain/stripe.ts';
import type { Tx } from '../connect.ts';
import { allocate } from '../earnings/allocations.ts';
import { recordEntries } from '../ledger.ts';
import { columnsOf } from '../payouts/move.ts';

/**
 * Records a payout that Stripe made in our name, without a reservation. If Stripe has the payout,
 * the money is on its way to the bank, and the engine follows the payout. If Stripe has only the
 * transfer, the money is at the account and available to the next payout. Returns what became of
 * the payout, or undefined if the ledger already contains everything.
 */
export async function recordAdopted(
  tx: Tx,
  sellerId: SellerId,
  found: readonly MadeAtStripe[],
): Promise<'sent' | 'canceled' | undefined> {
  const of = await leaveOutBooked(tx, sellerId, found);
  const transfer = of.find(({ step }) => step === 'transfer');
  const payout = of.find(({ step }) => step === 'payout');
  const any = payout ?? transfer;
  if (!any) return undefined;
  const { payoutId, currency, stripeAccount } = any;
  const fromPlatform = minor(transfer?.amount ?? 0);
  const fromAccount = minor(Math.max(0, (payout?.amount ?? 0) - fromPlatform));
  const money: PayoutMoney = { payoutId, sellerId, currency, fromPlatform, fromAccount };
  const stripePayoutId = payout?.stripeId as StripePayoutId | undefined;
  const transition = adopted({
    money,
    stripeAccount,
    transferId: (transfer?.stripeId ?? null) as TransferId | null,
    made: payout && stripePayoutId ? { stripePayoutId, at: payout.createdAt } : null,
    createdAt: any.createdAt,
  });
  const row = columnsOf(transition);
  const answered = payout && { cancel_answer: await readCancelAnswer(tx, payoutId) };
  await tx
    .insertInto('payouts')
    .values({ id: payoutId, seller_id: sellerId, currency, ordered_by: 'adopted', ...row })
    .onConflict((conflict) =>
      conflict.column('id').doUpdateSet({
        ...row,
        ...answered,
        transfer_id: sql`coalesce(excluded.transfer_id, payouts.transfer_id)`,
      }),
    )
    .execute();
  await recordEntries(tx, transition.entries);
  // Earnings that the backup lost are allocated when they are posted again.
  if (payout) await allocate(tx, [{ ...money, amount: total(money) }]);
  return payout ? 'sent' : 'canceled';
}

/** What became of an order to cancel the payout, if its row is still there. The row is locked. */
async function readCancelAnswer(tx: Tx, payoutId: PayoutId): Promise<CancelAnswer | null> {
  const row = await tx
    .selectFrom('payouts')
    .select('cancel_ordered_at')
    .where('id', '=', payoutId)
    .executeTakeFirst();
  return cancelAnswerOfAdopted(row?.cancel_ordered_at ?? null);
}

/**
 * Leaves out objects that the ledger already contains. If the account's books were read before the
 * adoption, money that moved for an ended payout is already booked as foreign, and a discrepancy
 * reports it.
 */
async function leaveOutBooked(
  tx: Tx,
  sellerId: SellerId,
  of: readonly MadeAtStripe[],
): Promise<MadeAtStripe[]> {
  const rows = await tx
    .selectFrom('ledger_entries')
    .select('stripe_id')
    .where('seller_id', '=', sellerId)
    .where(
      'stripe_id',
      'in',
      of.map(({ stripeId }) => stripeId),
    )
    .execute();
  const booked = new Set(rows.map((row) => row.stripe_id));
  return of.filter(({ stripeId }) => !booked.has(stripeId));
}
