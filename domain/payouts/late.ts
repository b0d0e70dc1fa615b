import { sayInstant } from '../dates.ts';
import type { PayoutStatus } from './states.ts';

/**
 * Days for which the engine watches a paid payout for a late return, unless a setting says
 * otherwise. Banks return payouts within five business days (docs.stripe.com/payouts, 2026-09).
 */
export const lateReturnDays = 10;

/**
 * Days after sending after which a payout is late at the bank. Banks take at most five business
 * days (docs.stripe.com/payouts, 2026-09).
 */
export const lateDays = 7;

const lateMs = lateDays * 24 * 3_600_000;

/**
 * True if the bank has not confirmed the payout within `lateDays`. `lateSince` in
 * db/attention/waiting-for-people.ts repeats this rule.
 */
export function isLateAt(
  { status, sentAt }: { status: PayoutStatus; sentAt: string | null },
  now: string,
): boolean {
  if (status !== 'sent' || sentAt === null) return false;
  return Date.parse(now) - Date.parse(sentAt) > lateMs;
}

/** What is known of a late payout: when Stripe was last read, and the status there. */
export function sayLastRead(lastRead: { at: string; status: string } | null): string {
  const read =
    lastRead === null
      ? 'It has not been read from Stripe since it was sent'
      : `Stripe was last read on ${sayInstant(lastRead.at)}, and the payout had the status ${lastRead.status} there`;
  return `The payout is late: ask Stripe for its trace. ${read}`;
}

/** Since when a late payout is late. */
export function lateSince(sentAt: string): string {
  return new Date(Date.parse(sentAt) + lateMs).toISOString();
}
