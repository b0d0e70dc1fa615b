import { isDue, type Requirement } from '../../accounts/requirements.ts';
import { sayMoney } from '../../headlines/words.ts';
import { holdReasons } from '../../holds.ts';
import type { SellerNames } from '../../ids.ts';
import { comingPayday } from '../../paydays/coming.ts';
import { explainError, onlyCodes } from '../../refusals/reasons.ts';
import type { SellerStatus } from '../../sellers.ts';
import type { AttemptRecord, PayoutRecord, SellerFacts } from '../facts.ts';
import { explainSeller } from '../seller.ts';
import type { SayInstant, Waiting } from '../waiting.ts';
import { sayDifference, sayDiffering } from './differences.ts';
import {
  isUnderWay,
  lastingWaits,
  sayLastingMoney,
  sayPayout,
  sayRelease,
  sayStoppedPayouts,
  sayWhoActs,
  stopOfPaydays,
} from './lasting.ts';
import { bullet, sayAsOfSeller, sayRequest, toDetails } from './markdown.ts';
import { noDifference, refresh, sayPayday } from './quiet-seller.ts';
import { sayEnded, type SellerOutlook } from './sellers.ts';
import { unclaimedOf, withPlaces } from './stopped-money.ts';

/** The most waits, payouts, differences or requirements in the details; the API has the rest. */
const mostListed = 5;

/**
 * What the Temporal UI shows of a seller whom something keeps from being paid: who must act and the
 * exact request first, in Markdown, and whether an operator must act. Contains no free text and no
 * personal data.
 */
export function describeTroubledSeller(
  all: SellerFacts,
  {
    aheadMs,
    ended,
    lastError,
  }: Pick<SellerOutlook, 'aheadMs' | 'ended'> & { lastError: string | null },
  sayInstant: SayInstant,
  sayPaydayAt: (at: string) => string,
): { details: string; needsOperator: boolean } {
  const facts = withoutFreeText(all);
  const { seller, now } = facts;
  const told = explainSeller(facts, sayInstant);
  const { status } = told;
  // The line of the payday says when the rest is paid, and the waits name most differences.
  const waits = lastingWaits(facts, told.waits);
  const named = waits.map(({ reason }) => reason).join();
  const isNamed = ({ id }: { id: string }): boolean => named.includes(id);
  const differences = told.differences.filter((one) => !isNamed(one));
  const requirements = told.requirements.filter((one) => isShown(one, status));
  const owners = differences.map(({ owner }) => owner);
  const actors = [...waits.map(({ actor }) => actor), ...owners];
  const explain = `\`GET /v1/sellers/${seller.id}/explain\``;
  const list = <Item>(items: readonly Item[], say: (item: Item) => string, what: string) => [
    ...items.slice(0, mostListed).map(say),
    items.length > mostListed && `- ${items.length - mostListed} more ${what}: ${explain}`,
  ];
  const details = toDetails([
    seller.parked !== null && `**Needs a person: ${seller.parked}**\n`,
    `**${shown(facts)}**${sayAllMoney(facts)}. **Must act: ${sayWhoActs(facts, waits, owners)}.** ${sayAsOfSeller(now, aheadMs)}\n`,
    ...list(waits, (wait) => describeWait(facts, wait, sayInstant), 'reasons'),
    lastError !== null && `- last error: Stripe: ${lastError}`,
    ...paydayLines(facts, sayPaydayAt).map(bullet),
    ...list(facts.openPayouts.filter(isUnderWay), (one) => sayPayout(one, now), 'payouts'),
    ...ended.map(sayEnded).map(bullet),
    ...list(requirements, ({ text }) => `- Stripe asks: ${text}`, 'requirements'),
    ...list(differences, sayDifference, 'differences'),
    ...list(told.differences.filter(isNamed), sayDiffering, 'differences'),
    told.differences.length === 0 && `- ${noDifference}`,
    ...list(seller.holds, (hold) => bullet(sayRelease(facts, hold, sayInstant)), 'holds'),
    `- seller \`${seller.id}\`, ${seller.country}, ${status}, account ${seller.stripeAccount === null ? 'not created yet' : `\`${seller.stripeAccount}\``}`,
    status !== 'closed' && `- ${refresh(seller.id)}`,
  ]);
  return { details, needsOperator: seller.parked !== null || actors.includes('operator') };
}

/** The wait of a seller who is not active names what is due, but no date beyond the first. */
function isShown(requirement: Requirement, status: SellerStatus): boolean {
  return requirement.deadlineAt !== null || (status === 'active' && isDue(requirement));
}

function shown({ seller: { status, pauses } }: SellerFacts): string {
  return pauses.length > 0 && status !== 'closed' ? `${status}, paused` : status;
}

const noNames: SellerNames = { externalId: null, displayName: null };

/** Replaces every text that a person typed or that names a person. */
export function withoutFreeText(facts: SellerFacts): SellerFacts {
  const { seller, operations } = facts;
  const { pauses, closed, holds } = seller;
  const hidden = 'only the API shows the reason';
  return {
    ...facts,
    seller: {
      ...seller,
      email: '',
      displayName: null,
      externalId: null,
      metadata: {},
      pauses: pauses.map((pause) => ({ ...pause, reason: hidden })),
      closed: closed && { ...closed, reason: hidden },
      holds: holds.map((hold) => ({
        ...hold,
        seller: noNames,
        reason: holdReasons[hold.reasonCode].says,
      })),
    },
    operations: {
      ...operations,
      stops: operations.stops.map((stop) => ({
        ...stop,
        reason: stop.cause === 'operator' ? hidden : stop.reason,
      })),
    },
    openPayouts: facts.openPayouts.map(withoutWords),
    lastPayouts: [],
    attempts: facts.attempts.map(withoutMessage),
    putOff: facts.putOff.map((attempt) => ({ ...attempt, ...withoutMessage(attempt) })),
    commands: [],
  };
}

function withoutWords(payout: PayoutRecord): PayoutRecord {
  const refused = payout.refused && onlyCodes(payout.refused);
  const words = { paidOutside: null, paidReason: null, returnReason: null };
  return { ...payout, seller: noNames, refused, ...words };
}

/** Keeps Stripe's codes, and nothing that Stripe wrote for people. */
function withoutMessage(attempt: AttemptRecord): AttemptRecord {
  if (attempt.error === null) return attempt;
  return { ...attempt, error: explainError(onlyCodes(attempt.error)) };
}

function sayAllMoney(facts: SellerFacts): string {
  const lasting = facts.balances.flatMap(({ currency }) => {
    return withPlaces(sayLastingMoney(facts, currency), unclaimedOf(facts, currency));
  });
  const sums = [...sayStoppedPayouts(facts), ...lasting];
  if (sums.length > 0) return `: ${sums.join(', ')}`;
  const isInPayouts = facts.balances.some(({ currency }) => sayMoney(facts, currency).length > 0);
  return isInPayouts ? '' : ': no money';
}

function describeWait(facts: SellerFacts, wait: Waiting, sayInstant: SayInstant): string {
  const { reason, since, by, liftedBy, lookAgainAt, commands } = wait;
  const who = [
    ...(since === null ? [] : [`since ${sayInstant(since, 'UTC')}`]),
    ...(by === null ? [] : [`decided by \`${by}\``]),
    ...(lookAgainAt === null ? [] : [`next look ${sayInstant(lookAgainAt, 'UTC')}`]),
  ];
  return [
    `- ${reason}${who.length > 0 ? ` (${who.join(', ')})` : ''}. Must act: ${sayWhoActs(facts, [wait])}. Ends with: ${liftedBy}`,
    ...commands.slice(0, mostListed).map((command) => `  - ${sayRequest(command)}`),
  ].join('\n');
}

function paydayLines(facts: SellerFacts, sayPaydayAt: (at: string) => string): string[] {
  const payday = comingPayday(facts);
  if (facts.seller.status === 'closed') return [];
  if (payday === undefined) return ['no payday, because the schedule is manual'];
  const at = sayPaydayAt(payday.at);
  const stop = stopOfPaydays(facts);
  const hasMoney = payday.forecasts.some(({ wouldPay }) => wouldPay > 0);
  if (hasMoney && payday.isKept) {
    return [`the payday of **${at}** passed and is made up for${stop ? ` once ${stop.over}` : ''}`];
  }
  if (hasMoney && stop) {
    return [
      `no payday is opened while ${stop.lasts}: if the payday of **${at}** passes before, it is made up for once ${stop.over}`,
    ];
  }
  return sayPayday(at, payday.forecasts);
}
