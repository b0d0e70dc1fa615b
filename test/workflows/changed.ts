import { isOver } from '../../domain/payouts/states.ts';
import type { PayoutInput } from '../../workflows/messages.ts';
import { ledger, stripePayouts, transfers } from '../../workflows/policies.ts';

export { relay, revive, sellerLifecycle, sweep } from '../../workflows/index.ts';

/** A payout in which somebody swapped two steps: it pays out before it transfers. */
export async function payout({ payoutId }: PayoutInput): Promise<void> {
  let row = await ledger.readPayout({ payoutId });
  if (row.status === 'requested') row = await ledger.reservePayout({ payoutId });
  if (!isOver(row)) await stripePayouts.createPayout({ payoutId });
  if (!isOver(row)) await transfers.createTransfer({ payoutId });
}
