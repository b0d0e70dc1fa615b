import { failureOf } from '../../accounts/failures.ts';
import { sayDay, sayInstant } from '../../dates.ts';
import { sellerWorkflowId } from '../../ids.ts';
import { formatMoney, money } from '../../money.ts';
import { sayLongestWait } from '../../overdue/long-waits.ts';
import { onboardingLink, type Resolving } from '../../parking/commands.ts';
import { lateAtBank, payoutParkOf, payoutParks } from '../../parking/reasons.ts';
import { skips } from '../../paydays/words.ts';
import { lateSince } from '../../payouts/late.ts';
import {
  isAtAccount,
  isInFlight,
  isOver,
  type Payout,
  type PayoutStep,
} from '../../payouts/states.ts';
import { payoutSentences, sayFreed } from '../../payouts/whereabouts.ts';
import { sayWait, waits } from '../../waits.ts';
import { bullet, sayActors, sayAsOf, sayRequest, toDetails } from './markdown.ts';
import { sayLate, sayPlaceOf } from './stopped-money.ts';
import { describeStop } from './stops.ts';
import { isLate, isStuck } from './trouble.ts';

/** What a payout is doing, for the person who opens its workflow in the Temporal UI. Markdown. */
export function describePayout(payout: Payout, step: PayoutStep): string {
  const { payoutId, sellerId, stops = [], parked, waitingFor } = payout;
  if (isOver(payout)) return describeEnd(payout);
  const asOf = sayAsOf(payout.now, payout.aheadMs);
  const isWaiting = parked === null && waitingFor !== null && step.kind === 'wait';
  // The most important lines come first, because a small window of the UI shows only these.
  return toDetails([
    `${sayState(payout, step)}. ${asOf}\n`,
    parked && `${sayParked(payout)}\n`,
    isWaiting && `${sayWhy(payout)}\n`,
    ...(parked !== null || isWaiting ? commandsFor(payout).map(sayRequest).map(bullet) : []),
    sayPlace(payout, step),
    ...stops.map((stop) => describeStop(stop, sellerId)),
    isInFlight(payout.status) &&
      payout.cancelAsked &&
      '- cancellation ordered: nothing more is sent',
    payout.lastError && `- last error: Stripe: ${payout.lastError}`,
    ...idsAndDates(payout),
    `- everything about it: \`GET /v1/payouts/${payoutId}/explain\``,
  ]);
}

/** The first line: the status and the next step. A late payout first says that it is late. */
function sayState(payout: Payout, step: PayoutStep): string {
  const { status, dates, parked } = payout;
  const sentAt = dates?.sent ?? null;
  if (parked !== null || sentAt === null || !isLate(payout)) return `**${status}**: ${doing(step)}`;
  return `**Late at the bank since ${sayDay(lateSince(sentAt))}**; status \`${status}\``;
}

/** How a payout ended, so that nobody takes a completed workflow for a paid seller. */
function describeEnd(payout: Payout): string {
  const { status, failureCode, skipReason } = payout;
  const failure = status === 'failed' || status === 'returned' ? failureOf(failureCode) : null;
  const asOf = sayAsOf(payout.now, payout.aheadMs);
  const why = [
    failure && `Why: ${failure.forOperator}${failureCode ? ` (\`${failureCode}\`)` : ''}.`,
    status === 'skipped' && skipReason && `Why: ${skips[skipReason]}.`,
    status === 'canceled' && `${sayCancel(payout)}: ${sayFreed(payout)}.`,
    `**Must act: ${nextAfter(payout)}.**`,
  ];
  return toDetails([
    `**The end: ${status}**. ${sayAmount(payout)} ${payoutSentences[status]}. ${asOf}\n`,
    `${why.filter((line) => typeof line === 'string').join(' ')}\n`,
    failure?.next === 'new-details' &&
      bullet(sayRequest(onboardingLink(payout.sellerId, 'The seller enters another bank account'))),
    ...idsAndDates(payout),
  ]);
}

/**
 * Why the workflow of a payout ends as failed, which the list of workflows shows in red: the bank
 * does not have the money. Null for every other end.
 */
export function failureToShow(payout: Payout): string | null {
  const { status, failureCode } = payout;
  if (status !== 'failed' && status !== 'returned') return null;
  const { forOperator } = failureOf(failureCode);
  return `Payout ${status}: ${sayAmount(payout)} ${payoutSentences[status]}. ${forOperator}. Current Details say who must act.`;
}

/** How `failureToShow` begins. Such a failure is a result, so the worker does not log it. */
export const shownFailure = /^Payout (failed|returned): /;

function sayCancel({ canceledBy, stripePayoutId }: Payout): string {
  if (canceledBy) return `Canceled by \`${canceledBy}\``;
  return stripePayoutId === null ? 'Canceled' : 'Canceled by others at Stripe';
}

/** Who must act after the end of a payout. */
function nextAfter({ status, failureCode, sellerId }: Payout): string {
  if (status === 'failed' || status === 'returned') {
    const { next } = failureOf(failureCode);
    const who = next === 'operator' ? 'an operator' : 'the seller';
    return next === 'wait'
      ? 'nobody: another payout pays the money'
      : `${who}. The workflow \`seller/${sellerId}\` shows what pays the money now`;
  }
  if (status === 'canceled')
    return `nobody, unless the seller is owed the money: see \`seller/${sellerId}\``;
  return 'nobody';
}

/** Where the money is. While a step moves the money, nobody knows whether Stripe has done so. */
function sayPlace(payout: Payout, { kind }: PayoutStep): string {
  const moving = kind === 'transfer' || kind === 'payout' ? kind : null;
  const unknownStep = payout.unknownStep ?? moving;
  const place = sayPlaceOf({ ...payout, unknownStep, since: payout.dates });
  return `- the money: ${place ?? `nothing is reserved yet; \`${sellerWorkflowId(payout.sellerId)}\` says where it is`}`;
}

/** Why a payout is parked, since when, and who must act. */
function sayParked(payout: Payout): string {
  const { parked, parkedDetail = null, dates } = payout;
  if (!parked) return '';
  const since = dates?.parked ? `, since ${sayInstant(dates.parked)}` : '';
  const { explanation } = payoutParkOf(parked, toParked(payout));
  const isTold = parkedDetail === null || explanation.includes(parkedDetail);
  const found = isTold ? '' : `. The engine’s check at Stripe: ${parkedDetail}`;
  return `**Needs a person: ${parked}**${since}. ${explanation}${found}. **Must act: an operator**, with one of:`;
}

function toParked({ payoutId: id, parkedDetail = null, unknownStep, status, refusal }: Payout) {
  const isAt = isAtAccount(status);
  return { id, parkedDetail, unknownStep, isAtAccount: isAt, refusal: refusal ?? null };
}

/** Why a payout waits, who must act, and what ends the wait. */
function sayWhy(payout: Payout): string {
  const { payoutId: id, waitingFor, dates, watchUntil } = payout;
  if (waitingFor === null) return '';
  if (isLate(payout)) {
    const isPausedAtStripe = payout.lacksCapability === true;
    return `${sayLate({ ...payout, isPausedAtStripe })}. **Must act: an operator.**`;
  }
  const known = {
    ...payout,
    id,
    watchUntil,
    bankExpectedOn: dates?.bankExpected ?? null,
    asOf: payout.now,
    isPausedAtStripe: payout.lacksCapability === true,
  };
  const { actor, liftedBy } = waits[waitingFor];
  const since = dates?.waiting ? ` Since ${sayInstant(dates.waiting)}.` : '';
  const who = sayActors([actor]);
  const long = isStuck(payout)
    ? ` The payout has waited longer than ${sayLongestWait(waitingFor)}, so the attention list contains it.`
    : '';
  return `${sayWait(waitingFor, known, payout)}.${since}${long} **Must act: ${who}.** Ends with: ${liftedBy}.`;
}

/** The API calls that end a payout's wait. Empty if no call ends it. */
export function commandsFor(payout: Payout): Resolving[] {
  const { parked, waitingFor } = payout;
  if (parked) return payoutParkOf(parked, toParked(payout)).commands;
  if (isLate(payout)) return payoutParkOf(lateAtBank, toParked(payout)).commands;
  const paths = (waitingFor && waits[waitingFor].commands?.(payout)) ?? [];
  return paths.map((path) => ({ method: 'POST', path, body: bodyOf(path), when: '' }));
}

function bodyOf(path: string): Record<string, string> {
  if (path.endsWith('/onboarding-link')) {
    return { returnUrl: 'https://...', refreshUrl: 'https://...' };
  }
  if (path.endsWith('/cancel')) return {};
  if (path.endsWith('/paid-elsewhere')) return { proof: '...', reason: '...' };
  return { reason: '...' };
}

/** What a payout's timer is for and until when, in one line. */
export function summaryOfPayoutWait(step: Extract<PayoutStep, { kind: 'wait' }>): string {
  const row: { ui: string; isExact?: true } = { ...waits, ...payoutParks }[step.for];
  if (step.until === null) return `Waits for ${row.ui}`;
  const when = row.isExact ? ', until' : '; checks again at';
  return `Waits for ${row.ui}${when} ${sayInstant(step.until)}`;
}

const steps: Record<Exclude<PayoutStep['kind'], 'wait' | 'look-up'>, string> = {
  reserve: 'reserves the money',
  transfer: 'requests the transfer from Stripe',
  payout: 'requests the payout from Stripe',
  cancel: 'asks Stripe to cancel the payout',
  follow: 'reads from Stripe whether the bank has the money',
  settle: 'reads from Stripe whether the bank kept the money',
  over: 'is over',
};

function doing(step: PayoutStep): string {
  if (step.kind === 'wait') return summaryOfPayoutWait(step).replace(/^W/, 'w');
  if (step.kind === 'look-up') return `looks for the ${step.step} at Stripe`;
  return steps[step.kind];
}

function sayAmount({ currency, fromPlatform, fromAccount, requestedAmount }: Payout): string {
  const amount = fromPlatform + fromAccount;
  if (amount > 0) return formatMoney(money(amount, currency));
  return requestedAmount === null
    ? `all that is payable in ${currency.toUpperCase()}`
    : `${formatMoney(money(requestedAmount, currency))}, not reserved yet`;
}

function idsAndDates(payout: Payout): (string | false | null)[] {
  const { dates, sellerId, payoutId, stripeAccount, transferId, stripePayoutId } = payout;
  const at = (what: string, instant: string | null | undefined): string | false =>
    !!instant && `${what} ${sayInstant(instant)}`;
  const past = dates && [
    at('ordered', dates.ordered) && `${at('ordered', dates.ordered)} by \`${payout.orderedBy}\``,
    at('reserved', dates.reserved),
    at('sent', dates.sent),
    dates.bankExpected !== null &&
      payout.status === 'sent' &&
      !isLate(payout) &&
      `expected at the bank on ${sayDay(dates.bankExpected)}`,
    at('at the bank', dates.paid),
    at('ended', dates.over),
  ];
  return [
    `- ${sayAmount(payout)}${past ? `: ${past.filter(Boolean).join(', ')}` : ''}`,
    sayEarnings(payout),
    `- payout \`${payoutId}\` of seller \`${sellerId}\``,
    stripeAccount && `- account \`${stripeAccount}\``,
    transferId && `- transfer \`${transferId}\``,
    stripePayoutId && `- Stripe payout \`${stripePayoutId}\``,
  ];
}

/** Which earnings the payout pays or was to pay. */
function sayEarnings({ payoutId, earnings, currency }: Payout): string | false {
  if (!earnings || earnings.count === 0) return false;
  const { count, first } = earnings;
  const named = first.map(({ earningId, amount }) => {
    return `\`${earningId}\` ${formatMoney(money(amount, currency))}`;
  });
  const more = count > first.length ? ` and ${count - first.length} more` : '';
  return `- made of ${count} earning${count === 1 ? '' : 's'}: ${named.join(', ')}${more}; \`GET /v1/payouts/${payoutId}/items\``;
}
