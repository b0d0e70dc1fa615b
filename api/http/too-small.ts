import type { SellerRecord } from '../../domain/explanations/facts.ts';
import { formatMoney, money } from '../../domain/money.ts';
import { leastPayoutTo } from '../../domain/routing/route.ts';
import { brokenRule } from './problems.ts';

/** What an order or its dry run asks for. */
export type Asked = { amount?: number | undefined; currency?: string | undefined };

/**
 * Refuses an amount that Stripe would refuse, after the money was transferred to the account. The
 * order and its dry run refuse the same.
 */
export function refuseTooSmall(
  { amount, currency: asked }: Asked,
  seller: Pick<SellerRecord, 'country' | 'currency'>,
  where: 'body' | 'query',
): void {
  const currency = asked ?? seller.currency;
  const corridor = { platform: seller.country, seller: seller.country, agreement: null };
  const least = leastPayoutTo(corridor, currency);
  if (amount === undefined || amount >= least) return;
  const says = `must be at least ${least}: Stripe pays out no less than ${formatMoney(money(least, currency))} in ${seller.country}`;
  throw brokenRule(where, ['amount'], says);
}
