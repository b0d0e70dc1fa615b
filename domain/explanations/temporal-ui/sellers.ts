import { sayDay, sayInstant } from '../../dates.ts';
import type { Funds } from '../../funds.ts';
import type { PayoutId } from '../../ids.ts';
import { type Currency, formatMoney, money } from '../../money.ts';
import { sellerParkOf } from '../../parking/reasons.ts';
import type { OpenOrder } from '../../paydays/plan.ts';
import type { Schedule } from '../../paydays/schedule.ts';
import type { PayoutStatus } from '../../payouts/states.ts';
import { openedPayday, type Seller } from '../../sellers.ts';
import { bullet, sayAsOfSeller, sayRequest, toDetails } from './markdown.ts';
import { describeStop } from './stops.ts';

/** What the Temporal UI shows of a seller, read with its row. */
export type SellerOutlook = {
  /** True if only all facts about the seller say what keeps it from being paid. */
  isTroubled: boolean;
  schedule: Schedule;
  nextPayoutAt: string | null;
  /** The funds now, and those that are available at the cut-off of the next payday. */
  fundsNow: FundsBeside[];
  fundsThen: FundsBeside[];
  /** When money that no payout has allocated becomes or became payable, by currency. */
  available: {
    currency: Currency;
    /** Since when the oldest payable part is payable. Null if nothing is. */
    since: string | null;
    /** When the first and the last part become payable. Null if no date is known. */
    first: string | null;
    last: string | null;
    /** True if the date of a part is not known yet. */
    isUndated: boolean;
    /** The part at the account that is not payable yet, in minor units. */
    laterAtAccount: number;
  }[];
  /** The oldest payouts that are ordered and not yet at the bank. */
  payouts: {
    payoutId: PayoutId;
    currency: string;
    /** Null if everything that is payable is ordered. */
    amount: number | null;
    orderedAt: string;
  }[];
  /** The newest payouts that reached the bank or ended, without those that moved no money. */
  ended: {
    payoutId: PayoutId;
    currency: string;
    /** Null if everything that was payable was ordered, and nothing was reserved. */
    amount: number | null;
    status: keyof typeof endWords;
    /** When the payout reached the bank or ended. */
    at: string;
  }[];
  aheadMs: number;
};

type FundsBeside = Pick<Funds, 'currency' | 'atPlatform' | 'atAccount' | 'notYetAvailable'> & {
  holds: Funds['holds'];
  orders: readonly OpenOrder[];
};

/**
 * True if the row alone, or what was read with it, shows that something keeps the seller from being
 * paid. The details then need all facts.
 */
export function needsAllFacts(seller: Seller, { isTroubled }: Pick<SellerOutlook, 'isTroubled'>) {
  const { status, parked, stops = [], requirementsDue } = seller;
  const isWell = status === 'active' && parked === null && stops.length === 0;
  return isTroubled || !isWell || requirementsDue > 0;
}

/**
 * A payout under way, in one line and without its state, because the seller's text is not written
 * again when the payout goes on. Markdown.
 */
export function sayOrdered(payout: SellerOutlook['payouts'][number]): string {
  const { payoutId, orderedAt } = payout;
  return `payout \`${payoutId}\`, ${sayAmount(payout)}, ordered ${sayInstant(orderedAt)}; its page \`payout/${payoutId}\` shows its state and where the money is`;
}

function sayAmount({
  amount,
  currency,
}: Pick<SellerOutlook['ended'][number], 'amount' | 'currency'>) {
  return amount === null
    ? `everything payable in ${currency.toUpperCase()}`
    : formatMoney(money(amount, currency));
}

/** What happened to a payout that the bank has or that is over, and that no later event changes. */
const endWords = {
  paid: 'paid',
  settled: 'paid',
  failed: 'failed',
  returned: 'came back',
  canceled: 'canceled',
  'paid-elsewhere': 'recorded as paid elsewhere',
} satisfies Partial<Record<PayoutStatus, string>>;

/** How and when a payout ended, in one line that stays true, also if the money comes back later. */
export function sayEnded(payout: SellerOutlook['ended'][number]): string {
  const { payoutId, status, at } = payout;
  return `${endWords[status]} on ${sayDay(at)}: ${sayAmount(payout)}, \`${payoutId}\``;
}

/** The requests that end a parked seller's wait. */
export function commandsForSeller({ sellerId, parked }: Pick<Seller, 'sellerId' | 'parked'>) {
  return parked ? sellerParkOf(parked, sellerId).commands : [];
}

/**
 * What a seller's workflow is doing, for the person who opens it in the Temporal UI. Markdown. The
 * row contains the details if the seller is about to wait; otherwise only what the row itself says.
 */
export function describeSeller(seller: Seller): string {
  if (seller.details) return seller.details;
  const can = (able: boolean): string => (able ? 'active' : 'not active');
  const payday = openedPayday(seller);
  return toDetails([
    `**${seller.status}** ${sayAsOfSeller(seller.now)}\n`,
    seller.parked &&
      `**Needs a person: ${seller.parked}**\n\n${commandsForSeller(seller).map(sayRequest).map(bullet).join('\n')}`,
    ...(seller.stops ?? []).map((stop) => describeStop(stop, seller.sellerId)),
    seller.requirementsDue > 0 &&
      `- requirements due at Stripe: ${seller.requirementsDue}; \`GET /v1/sellers/${seller.sellerId}/requirements\``,
    seller.lastError && `- last error: Stripe: ${seller.lastError}`,
    payday !== null && `- next payday ${sayInstant(payday)}`,
    payoutsOf(seller),
    `- transfers ${can(seller.canReceiveTransfers)}, payouts ${can(seller.canPayOut)}`,
    `- payouts by the engine only: ${seller.payoutsAreManual ? 'yes' : 'not yet'}`,
    `- seller \`${seller.sellerId}\`, ${seller.country}, ${seller.currency}`,
    `- account ${seller.stripeAccount ? `\`${seller.stripeAccount}\`` : 'not created yet'}`,
  ]);
}

/** The payouts that were between order and bank when the seller's workflow last woke up. */
function payoutsOf({ payoutsUnderWay = [] }: Seller): string | false {
  if (payoutsUnderWay.length === 0) return false;
  const named = payoutsUnderWay.map((payoutId) => `\`${payoutId}\``).join(', ');
  return `- payouts ordered, whose own pages \`payout/...\` show their states: ${named}`;
}

/** What the timer of an idle seller is for. */
export function summaryOfSellerWait(
  { paydayAt, lookAgainAt }: Pick<Seller, 'paydayAt' | 'lookAgainAt'>,
  until: string | null,
): string {
  if (until === null) return 'Waits for a signal';
  const at = sayInstant(until);
  if (until === paydayAt) return `Opens the payday of ${at}`;
  return until === lookAgainAt ? `Reads the account again at ${at}` : `A hold ends at ${at}`;
}
