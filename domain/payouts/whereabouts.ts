import { formatMoney, money } from '../money.ts';
import type { Payout, PayoutStatus } from './states.ts';

/** Where the money of a payout with this status is, after its amount. */
export const payoutSentences: Record<PayoutStatus, string> = {
  requested: 'ordered, but not reserved yet',
  reserved: 'reserved at the platform',
  transferred: 'at the seller’s account at Stripe, reserved for this payout',
  sent: 'accepted by Stripe, but not at the bank yet',
  paid: 'at the bank',
  settled: 'at the bank, and no longer watched for a return',
  failed: 'not paid: the money is back at the seller’s account at Stripe',
  returned: 'returned from the bank: the money is back at the seller’s account at Stripe',
  canceled: 'canceled',
  skipped: 'ended without moving money',
  'paid-elsewhere': 'reached the seller without the engine, so the engine does not pay it',
};

/** Where the money of a canceled payout is, which nothing reserves any more. */
export function sayFreed(
  payout: Pick<Payout, 'transferId' | 'fromPlatform' | 'fromAccount' | 'currency'>,
): string {
  const { transferId, fromPlatform, fromAccount, currency } = payout;
  const left = transferId === null ? fromPlatform : 0;
  const there = fromPlatform + fromAccount - left;
  const say = (amount: number): string => formatMoney(money(amount, currency));
  const atPlatform = 'payable at the platform, because it was not transferred';
  const atAccount = 'at the seller’s account at Stripe, where the next payout uses it';
  if (left > 0 && there > 0) return `${say(left)} is ${atPlatform}; ${say(there)} is ${atAccount}`;
  if (left > 0) return `the money is ${atPlatform}`;
  return there > 0 ? `the money is ${atAccount}` : 'no money was reserved';
}
