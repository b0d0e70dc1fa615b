import { sayInstant } from '../dates.ts';
import type { Stop } from '../holds.ts';
import type { SellerId } from '../ids.ts';
import { formatMoney, money } from '../money.ts';
import type { Resolving } from '../parking/commands.ts';
import { payoutParkOf, payoutParks, sellerParkOf } from '../parking/reasons.ts';
import { isInFlight, type Payout, type PayoutStep } from '../payouts/states.ts';
import type { Seller } from '../sellers.ts';
import { waits } from '../waits.ts';

/** A blank last paragraph. The UI cuts off about 30 pixels of the end, which are then these. */
const blankEnd = '\n\u00a0';

/** What a payout is doing, for the person who opens its workflow in the Temporal UI. Markdown. */
export function describePayout(payout: Payout, step: PayoutStep): string {
  const { payoutId, parked } = payout;
  // The most important lines come first, because a small window of the UI cuts off the rest.
  return [
    `**${payout.status}**: ${doing(step)}\n`,
    parked && `**Needs a person: ${parked}**\n\n${remedies(payout)}`,
    ...(payout.stops ?? []).map((stop) => describeStop(stop, payout.sellerId)),
    ...(parked === null && payout.waitingFor !== null ? commandsFor(payout).map(bullet) : []),
    isInFlight(payout.status) &&
      payout.cancelAsked &&
      '- cancellation ordered: nothing more is sent',
    payout.failureCode && `- failed: ${payout.failureCode}`,
    payout.lastError && `- last error: Stripe: ${payout.lastError}`,
    `- ${amountOf(payout)}`,
    `- payout \`${payoutId}\` of seller \`${payout.sellerId}\``,
    payout.stripeAccount && `- account \`${payout.stripeAccount}\``,
    payout.transferId && `- transfer \`${payout.transferId}\``,
    payout.stripePayoutId && `- Stripe payout \`${payout.stripePayoutId}\``,
    blankEnd,
  ]
    .filter((line) => typeof line === 'string')
    .join('\n');
}

/** The API calls that end a payout's wait. Empty if no call ends it. */
export function commandsFor(payout: Payout): string[] {
  const { payoutId: id, parked, waitingFor } = payout;
  if (parked) {
    const { parkedDetail = null, unknownStep } = payout;
    return callsOf(payoutParkOf(parked, { id, parkedDetail, unknownStep }).commands);
  }
  const paths = (waitingFor && waits[waitingFor].commands?.(payout)) ?? [];
  return paths.map((path) => `POST ${path}`);
}

/** The API calls that end a parked seller's wait. */
export function commandsForSeller({
  sellerId,
  parked,
}: Pick<Seller, 'sellerId' | 'parked'>): string[] {
  return parked ? callsOf(sellerParkOf(parked, sellerId).commands) : [];
}

function callsOf(commands: readonly Resolving[]): string[] {
  return commands.map(({ method, path }) => `${method} ${path}`);
}

/** What a seller's workflow is doing, for the person who opens it in the Temporal UI. Markdown. */
export function describeSeller(seller: Seller): string {
  const can = (able: boolean): string => (able ? 'active' : 'not active');
  return [
    `**${seller.status}**\n`,
    seller.parked &&
      `**Needs a person: ${seller.parked}**\n\n${commandsForSeller(seller).map(bullet).join('\n')}`,
    ...(seller.stops ?? []).map((stop) => describeStop(stop, seller.sellerId)),
    seller.requirementsDue > 0 &&
      `- requirements due at Stripe: ${seller.requirementsDue}; \`GET /v1/sellers/${seller.sellerId}/requirements\``,
    seller.lastError && `- last error: Stripe: ${seller.lastError}`,
    seller.paydayAt && `- next payday ${sayInstant(seller.paydayAt)}`,
    payoutsOf(seller),
    `- transfers ${can(seller.canReceiveTransfers)}, payouts ${can(seller.canPayOut)}`,
    `- payouts by the engine only: ${seller.payoutsAreManual ? 'yes' : 'not yet'}`,
    `- seller \`${seller.sellerId}\`, ${seller.country}, ${seller.currency}`,
    `- account ${seller.stripeAccount ? `\`${seller.stripeAccount}\`` : 'not created yet'}`,
    blankEnd,
  ]
    .filter((line) => typeof line === 'string')
    .join('\n');
}

/** The payouts between order and bank when the seller's workflow last woke up. */
function payoutsOf({ payoutsUnderWay = [], now }: Seller): string | false {
  if (payoutsUnderWay.length === 0) return false;
  const named = payoutsUnderWay.map((payoutId) => `\`${payoutId}\``).join(', ');
  return `- payouts under way, ${sayInstant(now)}: ${named}`;
}

/** What a payout's timer is for and until when, in one line. */
export function summaryOfPayoutWait(step: Extract<PayoutStep, { kind: 'wait' }>): string {
  const row: { ui: string; isExact?: true } = { ...waits, ...payoutParks }[step.for];
  if (step.until === null) return `Waits for ${row.ui}`;
  const when = row.isExact ? ', until' : '; checks again at';
  return `Waits for ${row.ui}${when} ${sayInstant(step.until)}`;
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

/** Who stopped the money, since when, and what ends the stop. Only the API shows the reason. */
export function describeStop(stop: Stop, sellerId: SellerId): string {
  const since = `since ${sayInstant(stop.since)}, by \`${stop.by}\``;
  if (stop.kind === 'pause') return `- paused ${since}; \`POST /v1/sellers/${sellerId}/resume\``;
  const { amount, currency, expiresAt } = stop;
  const all = currency === null ? 'all money' : `all in ${currency}`;
  const held = amount === null || currency === null ? all : formatMoney(money(amount, currency));
  const lifts = expiresAt === null ? '' : `until ${sayInstant(expiresAt)}, or `;
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
    : `${formatMoney(money(requestedAmount, currency))}, not reserved yet`;
}

function remedies(payout: Payout): string {
  const { parkedDetail } = payout;
  return [
    ...(parkedDetail ? [`- the engine’s check at Stripe: ${parkedDetail}`] : []),
    ...commandsFor(payout).map(bullet),
  ].join('\n');
}

function bullet(command: string): string {
  return `- \`${command}\``;
}
