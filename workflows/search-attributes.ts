import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { holdsAmong, isPaused } from '../domain/holds.ts';
import type { Payout } from '../domain/payouts/states.ts';
import type { Seller } from '../domain/sellers.ts';
import { searchAttributes as keys } from '../domain/wake-ups.ts';

/** Shows a payout's state in the list of workflows; costs an event only when it changed. */
export function showPayout(payout: Payout): void {
  show([
    { key: keys.payoutStatus, value: payout.status },
    { key: keys.currency, value: payout.currency },
    { key: keys.needsOperator, value: payout.parked !== null },
    ...(payout.stripeAccount ? [{ key: keys.stripeAccount, value: payout.stripeAccount }] : []),
  ]);
}

/** Shows a seller's state in the list of workflows. */
export function showSeller(seller: Seller): void {
  show([
    { key: keys.sellerStatus, value: shownStatus(seller) },
    ...holdReasons(seller),
    { key: keys.country, value: seller.country },
    { key: keys.currency, value: seller.currency },
    { key: keys.needsOperator, value: seller.parked !== null },
    ...(seller.stripeAccount ? [{ key: keys.stripeAccount, value: seller.stripeAccount }] : []),
    { key: keys.nextPayoutAt, value: seller.paydayAt ? new Date(seller.paydayAt) : null },
  ]);
}

/** A paused seller is shown as paused, whatever the account could do. */
function shownStatus({ status, stops }: Seller): string {
  return isPaused(stops) && status !== 'closed' ? 'paused' : status;
}

/** Only where it changed, so that a seller who was never held costs nothing; none takes it away. */
function holdReasons({ stops }: Seller): Pairs {
  const value = [...new Set(holdsAmong(stops).map(({ source }) => source))].sort();
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
