import { formatMoney, money } from './money.ts';
import type { Stop } from './holds.ts';
import type { Payout, PayoutStep } from './payout.ts';
import type { SellerId } from './ids.ts';
import type { Seller } from './seller.ts';

/** What a payout is doing, for the person who opens it in the Temporal UI. Markdown. */
export function describePayout(payout: Payout, step: PayoutStep): string {
  const { payoutId, parked } = payout;
  return [
    `**${payout.status}**: ${doing(step)}`,
    `- payout \`${payoutId}\` of seller \`${payout.sellerId}\``,
    `- ${amountOf(payout)}`,
    payout.stripeAccount && `- account \`${payout.stripeAccount}\``,
    payout.transferId && `- transfer \`${payout.transferId}\``,
    payout.stripePayoutId && `- Stripe payout \`${payout.stripePayoutId}\``,
    ...(payout.stops ?? []).map((stop) => describeStop(stop, payout.sellerId)),
    payout.failureCode && `- failed: ${payout.failureCode}`,
    parked && `\n**Needs a person: ${parked}**\n${remedies(payout)}`,
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
    `**${seller.status}**`,
    `- seller \`${seller.sellerId}\`, ${seller.country}, ${seller.currency}`,
    `- account ${seller.stripeAccount ? `\`${seller.stripeAccount}\`` : 'not created yet'}`,
    `- transfers ${can(seller.canReceiveTransfers)}, payouts ${can(seller.canPayOut)}`,
    `- payouts by the engine only: ${seller.payoutsAreManual ? 'yes' : 'not yet'}`,
    seller.paydayAt && `- next payday ${seller.paydayAt}`,
    seller.requirementsDue > 0 &&
      `- Stripe asks for ${seller.requirementsDue} things, see requirements`,
    ...(seller.stops ?? []).map((stop) => describeStop(stop, seller.sellerId)),
    seller.parked && `\n**Needs a person: ${seller.parked}**`,
  ]
    .filter((line) => typeof line === 'string')
    .join('\n');
}

/** Who stops the money, since when, and what lets it go again. Why stands in the API: free text. */
export function describeStop(stop: Stop, sellerId: SellerId): string {
  const since = `since ${stop.since}, by \`${stop.by}\``;
  if (stop.kind === 'pause') return `- paused ${since}; \`POST /v1/sellers/${sellerId}/resume\``;
  const { amount, currency, expiresAt } = stop;
  const all = currency === null ? 'all money' : `all in ${currency}`;
  const held = amount === null || currency === null ? all : formatMoney(money(amount, currency));
  const lifts = expiresAt === null ? '' : `until ${expiresAt}, or `;
  const release = `\`POST /v1/holds/${stop.holdId}/release\``;
  return `- hold (${stop.source}) of ${held} ${since}; ${lifts}${release}`;
}

function doing(step: PayoutStep): string {
  if (step.kind === 'wait')
    return `waits for ${step.for}${step.until ? `, until ${step.until}` : ''}`;
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
