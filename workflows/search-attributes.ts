import { patched, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { isLate, isStuck } from '../domain/explanations/temporal-ui/trouble.ts';
import { holdsAmong, isPaused } from '../domain/holds.ts';
import type { Payout } from '../domain/payouts/states.ts';
import { openedPayday, type Seller } from '../domain/sellers.ts';
import { searchAttributes as keys } from '../domain/wake-ups.ts';

/**
 * Shows a payout's state in Temporal's list of workflows. Costs a history event only after a
 * change.
 */
export function showPayout(payout: Payout): void {
  show([
    { key: keys.payoutStatus, value: payout.status },
    { key: keys.currency, value: payout.currency },
    { key: keys.needsOperator, value: needsOperator(payout) },
    ...(payout.stripeAccount ? [{ key: keys.stripeAccount, value: payout.stripeAccount }] : []),
  ]);
}

function needsOperator(payout: Payout): boolean {
  if (payout.parked !== null || isLate(payout)) return true;
  // Asks for the patch only where it matters, because asking costs an event.
  return isStuck(payout) && patched('long-waits-need-an-operator');
}

/**
 * Shows that a run needs no operator before a new run replaces it, because Temporal lists both. The
 * new run shows what it needs itself.
 */
export function showReplaced(): void {
  const { typedSearchAttributes } = workflowInfo();
  if (typedSearchAttributes.get(keys.needsOperator) !== true) return;
  if (patched('replaced-runs-need-nobody')) show([{ key: keys.needsOperator, value: false }]);
}

/**
 * Shows a seller's state in Temporal's list of workflows. Costs a history event only after a
 * change.
 */
export function showSeller(seller: Seller): void {
  show([
    { key: keys.sellerStatus, value: shownStatus(seller) },
    ...holdReasons(seller),
    { key: keys.country, value: seller.country },
    { key: keys.currency, value: seller.currency },
    { key: keys.needsOperator, value: seller.needsOperator ?? seller.parked !== null },
    ...(seller.stripeAccount ? [{ key: keys.stripeAccount, value: seller.stripeAccount }] : []),
    { key: keys.nextPayoutAt, value: nextPayoutOf(seller) },
  ]);
}

/** Without a payday that passes unopened, which would be shown as the next one for weeks. */
function nextPayoutOf(seller: Seller): Date | null {
  const { paydayAt = null } = seller;
  const opened = openedPayday(seller);
  // Asks for the patch only where it matters, because asking costs an event.
  const shown = opened === paydayAt || !patched('only-opened-paydays') ? paydayAt : opened;
  return shown === null ? null : new Date(shown);
}

/** A paused seller is shown as paused even if its account could be paid. */
function shownStatus({ status, stops }: Seller): string {
  return isPaused(stops) && status !== 'closed' ? 'paused' : status;
}

/**
 * The reason codes of the active holds, only if they changed, so that a seller without holds costs
 * no event. Without a hold, the attribute is removed.
 */
function holdReasons({ stops }: Seller): Pairs {
  const codes = holdsAmong(stops).map(({ reasonCode, source }) => reasonCode ?? source);
  const value = [...new Set(codes)].sort();
  const shown = workflowInfo().typedSearchAttributes.get(keys.holdReason) ?? [];
  return value.join() === shown.join()
    ? []
    : [{ key: keys.holdReason, value: value.length > 0 ? value : null }];
}

type Pairs = Extract<Parameters<typeof upsertSearchAttributes>[0], unknown[]>;

function show(wanted: Pairs): void {
  const { typedSearchAttributes } = workflowInfo();
  const changed = wanted.filter(({ key, value }) => {
    return JSON.stringify(typedSearchAttributes.get(key) ?? null) !== JSON.stringify(value);
  });
  if (changed.length > 0) upsertSearchAttributes(changed);
}
