import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { Payout } from '../domain/payout.ts';
import { searchAttributes as keys } from '../domain/search-attributes.ts';
import type { Seller } from '../domain/seller.ts';

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
    { key: keys.sellerStatus, value: seller.status },
    { key: keys.country, value: seller.country },
    { key: keys.currency, value: seller.currency },
    { key: keys.needsOperator, value: seller.parked !== null },
    ...(seller.stripeAccount ? [{ key: keys.stripeAccount, value: seller.stripeAccount }] : []),
    { key: keys.nextPayoutAt, value: seller.paydayAt === null ? null : new Date(seller.paydayAt) },
  ]);
}

type Pairs = Extract<Parameters<typeof upsertSearchAttributes>[0], unknown[]>;

function show(wanted: Pairs): void {
  const { typedSearchAttributes } = workflowInfo();
  const changed = wanted.filter(({ key, value }) => {
    return JSON.stringify(typedSearchAttributes.get(key) ?? null) !== JSON.stringify(value);
  });
  if (changed.length > 0) upsertSearchAttributes(changed);
}
