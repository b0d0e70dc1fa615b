import { formatMoney, money } from './money.ts';
import type { Stop } from './holds.ts';
import type { ParkReason, Payout, PayoutStep, WaitReason } from './payout.ts';
import type { SellerId } from './ids.ts';
import type { Seller } from './seller.ts';

/** What a payout is doing, for the person who opens it in the Temporal UI. Markdown. */
export function describePayout(payout: Payout, step: PayoutStep): string {
  const { payoutId, parked } = payout;
  return [
    `**${payout.status}**: ${doing(step)}\n`,
    `- payout \`${payoutId}\` of seller \`${payout.sellerId}\``,
    `- ${amountOf(payout)}`,
    payout.stripeAccount && `- account \`${payout.stripeAccount}\``,
    payout.transferId && `- transfer \`${payout.transferId}\``,
    payout.stripePayoutId && `- Stripe payout \`${payout.stripePayoutId}\``,
    ...(payout.stops ?? []).map((stop) => describeStop(stop, payout.sellerId)),
    payout.failureCode && `- failed: ${payout.failureCode}`,
    parked && `\n**Needs a person: ${parked}**\n\n${remedies(payout)}`,
  ]
    .filter((line) => typeof line === 'string')
    .join('\n');
}

/** The API calls that end a parked payout's wait. */
export function commandsFor({ payoutId, parked }: Pick<Payout, 'payoutId' | 'parked'>): string[] {
  if (!parked) return [];
  if (parked !== 'outcome-unknown') return [`POST /v1/payouts/${payoutId}/retry`];
  return [
    `POST /v1/payouts/${payoutId}/confirm-sent`,
    `POST /v1/payouts/${payoutId}/confirm-not-sent`,
  ];
}

/** What a seller's workflow is doing, for the person who opens it in the Temporal UI. Markdown. */
export function describeSeller(seller: Seller): string {
  const can = (able: boolean): string => (able ? 'active' : 'not active');
  return [
    `**${seller.status}**\n`,
    `- seller \`${seller.sellerId}\`, ${seller.country}, ${seller.currency}`,
    `- account ${seller.stripeAccount ? `\`${seller.stripeAccount}\`` : 'not created yet'}`,
    `- transfers ${can(seller.canReceiveTransfers)}, payouts ${can(seller.canPayOut)}`,
    `- payouts by the engine only: ${seller.payoutsAreManual ? 'yes' : 'not yet'}`,
    seller.paydayAt && `- next payday ${sayUtc(seller.paydayAt)}`,
    payoutsOf(seller),
    seller.requirementsDue > 0 &&
      `- Stripe asks for ${seller.requirementsDue} things, see requirements`,
    ...(seller.stops ?? []).map((stop) => describeStop(stop, seller.sellerId)),
    seller.parked && `\n**Needs a person: ${seller.parked}**`,
  ]
    .filter((line) => typeof line === 'string')
    .join('\n');
}

/** The payouts that were between order and bank when the seller last looked; it sleeps meanwhile. */
function payoutsOf({ payoutsUnderWay = [], now }: Seller): string | false {
  if (payoutsUnderWay.length === 0) return false;
  const named = payoutsUnderWay.map((payoutId) => `\`${payoutId}\``).join(', ');
  return `- payouts under way, ${sayUtc(now)}: ${named}`;
}

/** What a payout's timer is for, in one line that also says until when. */
export function summaryOfPayoutWait(step: Extract<PayoutStep, { kind: 'wait' }>): string {
  const words = waitWords[step.for];
  if (step.until === null) return `Waits for ${words}`;
  const isExact = ['arrival', 'late-return', 'cooling-period'].includes(step.for);
  const when = isExact ? ', until' : '; looks again at';
  return `Waits for ${words}${when} ${sayUtc(step.until)}`;
}

/** What the timer of an idle seller is for. */
export function summaryOfSellerWait(
  { paydayAt, lookAgainAt }: Pick<Seller, 'paydayAt' | 'lookAgainAt'>,
  until: string | null,
): string {
  if (until === null) return 'Waits to be told';
  const at = sayUtc(until);
  if (until === paydayAt) return `Opens the payday of ${at}`;
  return until === lookAgainAt ? `Reads the account again at ${at}` : `A hold ends at ${at}`;
}

const waitWords: Record<WaitReason | ParkReason, string> = {
  'seller-not-active': 'the seller to become active',
  'seller-paused': 'the seller to be resumed',
  hold: 'a hold to be released or to end',
  'another-payout': 'Stripe’s answer about another payout',
  'platform-balance': 'money in the platform’s balance',
  'account-balance': 'money in the account’s balance',
  arrival: 'the transferred money to become available',
  capability: 'the account to be let do this again',
  'bank-details': 'a bank account that works',
  'cooling-period': 'the cooling period after a change of the bank account',
  'automatic-payouts': 'the account to be set to manual payouts',
  'stripe-limit': 'Stripe’s limit to pass',
  'money-stopped': 'money to be resumed',
  'outcome-look-up': 'it to show at Stripe, since the answer was lost',
  bank: 'the bank to have it',
  'late-return': 'the end of the watch for a late return',
  'outcome-unknown': 'a person who knows what became of it',
  'refused-by-stripe': 'a person who removes the cause',
  'unexpected-state': 'a person who compares it with Stripe',
};

/** An instant for people, to the minute. */
function sayUtc(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`;
}

/** Who stops the money, since when, and what lets it go again. Why stands in the API: free text. */
export function describeStop(stop: Stop, sellerId: SellerId): string {
  const since = `since ${sayUtc(stop.since)}, by \`${stop.by}\``;
  if (stop.kind === 'pause') return `- paused ${since}; \`POST /v1/sellers/${sellerId}/resume\``;
  const { amount, currency, expiresAt } = stop;
  const all = currency === null ? 'all money' : `all in ${currency}`;
  const held = amount === null || currency === null ? all : formatMoney(money(amount, currency));
  const lifts = expiresAt === null ? '' : `until ${sayUtc(expiresAt)}, or `;
  const release = `\`POST /v1/holds/${stop.holdId}/release\``;
  return `- hold (${stop.source}) of ${held} ${since}; ${lifts}${release}`;
}

function doing(step: PayoutStep): string {
  if (step.kind === 'wait') return summaryOfPayoutWait(step).replace(/^W/, 'w');
  if (step.kind === 'look-up') return `looks for the ${step.step} at Stripe`;
  return step.kind;
}

function amountOf({ currency, fromPlatform, fromAccount, requestedAmount }: Payout): string {
  const amount = fromPlatform + fromAccount;
  if (amount > 0) return formatMoney(money(amount, currency));
  return requestedAmount === null
    ? `all that is payable in ${currency}`
    : `${formatMoney(money(requestedAmount, currency))}, not set aside yet`;
}

function remedies(payout: Payout): string {
  const { parkedDetail } = payout;
  return [
    ...(parkedDetail ? [`- found at Stripe: ${parkedDetail}`] : []),
    ...commandsFor(payout).map((command) => `- \`${command}\``),
  ].join('\n');
}
