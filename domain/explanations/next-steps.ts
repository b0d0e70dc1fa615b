import { describeRequirement, isDue } from '../accounts/requirements.ts';
import { isPast, sayAge, sayDay, sayInstant as sayInUtc } from '../dates.ts';
import { formatMoney, money } from '../money.ts';
import { comingPayday, type ComingPayday, unorderedNow } from '../paydays/coming.ts';
import { reachesThreshold } from '../paydays/schedule.ts';
import { sayNotPaid } from '../paydays/words.ts';
import { isOver, type PayoutStatus } from '../payouts/states.ts';
import { whyNoRoute } from '../routing/route.ts';
import { endsOnTime, waitNames } from '../waits.ts';
import type { PayoutRecord, SellerFacts } from './facts.ts';
import type { ComingStep, SayInstant } from './waiting.ts';

/** What comes next for a seller, soonest first. Steps without a date come last. */
export function nextOfSeller(facts: SellerFacts, sayInstant: SayInstant): ComingStep[] {
  if (facts.seller.status === 'closed') return [];
  const steps = [
    ...facts.openPayouts.flatMap((payout) => nextOf(payout, facts.now).slice(0, 1)),
    ...paydaySteps(comingPayday(facts)),
    ...thresholdSteps(facts),
    ...facts.upcoming
      .filter(({ asksPerson }) => !asksPerson)
      .map((one) => upcomingStep(facts, one, sayInstant)),
    ...expiries(facts),
    ...accountSteps(facts),
  ];
  const say = (at: string): string => sayInstant(at, facts.seller.schedule.timeZone);
  return steps
    .map((one) => dueSince(one, facts.now, say))
    .sort((a, b) => (a.at ?? '~').localeCompare(b.at ?? '~'));
}

/**
 * A time that has passed is not promised: the step says since when it is due. The engine needs a
 * moment for what is due now.
 */
function dueSince(step: ComingStep, now: string, say = sayInUtc): ComingStep {
  const aMinuteAgo = new Date(Date.parse(now) - 60_000).toISOString();
  if (step.at === null || !isPast(step.at, aMinuteAgo)) return step;
  return { ...step, at: null, text: `${step.text}. This is due since ${say(step.at)}` };
}

/** What becomes payable, when, and what would pay this money then. */
function upcomingStep(
  { seller: { schedule, corridor } }: SellerFacts,
  { at, currency, amount, paydayAt }: SellerFacts['upcoming'][number],
  sayInstant: SayInstant,
): ComingStep {
  const earned = money(amount, currency);
  const threshold = schedule.thresholds[currency];
  const becomes = `${formatMoney(earned)} becomes payable${at === null ? ', on a date that its charge does not show yet' : ''}`;
  // Without a route, nothing that orders a payout pays money at the platform.
  if (whyNoRoute(corridor) !== null) return step('becomes-payable', becomes, at, earned);
  const words = [
    becomes,
    paydayAt === null
      ? at !== null && schedule.interval === 'manual' && 'no payday pays this money: order a payout'
      : `the payday of ${sayInstant(paydayAt, schedule.timeZone)} would pay this money`,
    threshold !== undefined &&
      `it is paid at once if the threshold of ${formatMoney(money(threshold, currency))} is reached`,
  ];
  return step('becomes-payable', words.filter((part) => part !== false).join('; '), at, earned);
}

/** Money that reaches the threshold is paid at once, without a payday. */
function thresholdSteps(facts: SellerFacts): ComingStep[] {
  const { schedule, thresholdLookAt: at } = facts.seller;
  if (at === null || whyNoRoute(facts.seller.corridor) !== null) return [];
  return facts.funds.flatMap(({ currency }) => {
    const coming = facts.upcoming.filter((one) => {
      return one.currency === currency && one.at !== null && one.at <= at;
    });
    const amount = coming.reduce((sum, one) => sum + one.amount, unorderedNow(facts, currency));
    if (!reachesThreshold(schedule, { amount, currency })) return [];
    const paid = money(amount, currency);
    return [
      step('threshold', `${formatMoney(paid)} reaches the threshold and is paid at once`, at, paid),
    ];
  });
}

function expiries({ seller }: SellerFacts): ComingStep[] {
  return seller.holds.flatMap(({ id, expiresAt }) => {
    return expiresAt === null ? [] : [step('hold-ends', `Hold ${id} expires`, expiresAt)];
  });
}

function accountSteps({ seller, now }: SellerFacts): ComingStep[] {
  const { lookAgainAt, parked, requirements } = seller;
  const asked = requirements
    .filter((one) => isDue(one) && one.deadlineAt !== null && one.deadlineAt > now)
    .map((one) => step('requirement-due', describeRequirement(one, now), one.deadlineAt));
  if (lookAgainAt === null || parked !== null) return asked;
  const text =
    'The engine reads the seller’s account from Stripe again, or sooner if Stripe reports a change';
  return [...asked, step('read-account', text, lookAgainAt)];
}

function step(
  what: string,
  text: string,
  at: string | null,
  amount: ComingStep['money'] = null,
): ComingStep {
  return { what, text, at, money: amount, payoutId: null };
}

/** What the next payday does: one step for each currency. */
export function paydaySteps(payday: ComingPayday | undefined): ComingStep[] {
  if (!payday) return [];
  const at = payday.isKept ? null : payday.at;
  const step = (text: string, paid: ComingStep['money']) => {
    return { what: 'payday', text, at, money: paid, payoutId: null };
  };
  const some = payday.forecasts.filter(({ wouldPay }) => wouldPay > 0);
  if (some.length === 0) return [step('Payday: as of now, there is nothing to pay', null)];
  return some.map(({ currency, pays, wouldPay, held, minimum, reason }) => {
    if (reason === null) {
      const paid = money(pays, currency);
      const stays = held > 0 ? `; ${formatMoney(money(held, currency))} is held` : '';
      return step(`Payday: ${formatMoney(paid)} is paid${stays}`, paid);
    }
    const amount = money(wouldPay, currency);
    const why = sayNotPaid(reason, { amount, minimum: money(minimum, currency) });
    return step(`Payday: as of now, ${formatMoney(amount)} is not paid. ${why}`, null);
  });
}

/** What comes next for a payout, and when, if known. Nothing while a person must decide. */
export function nextOf(payout: PayoutRecord, now: string): ComingStep[] {
  return stepsOf(payout, now).map((one) => dueSince(one, now));
}

function stepsOf(payout: PayoutRecord, now: string): ComingStep[] {
  const { id: payoutId, status, parked, waitingFor, lookAgainAt } = payout;
  if (parked || isOver(payout)) return [];
  const isExact = waitingFor !== null && endsOnTime(waitingFor);
  const amount = amountOf(payout);
  const shown = order
    .slice(order.findIndex(({ after }) => after === status))
    .map(({ what, text }, index): ComingStep => {
      const expected = what === 'paid' ? expectedOf(payout, now) : {};
      const at = index === 0 && isExact ? lookAgainAt : null;
      return { what, text, at, money: amount, payoutId, ...expected };
    });
  const looksAgain = waitingFor !== null && !isExact && lookAgainAt !== null;
  if (!looksAgain) return shown;
  const text =
    waitingFor === waitNames.atBank
      ? 'The engine reads the payout from Stripe again, or sooner if Stripe reports the outcome'
      : 'The engine checks the payout again at the latest then, or sooner if something changes';
  const look = { what: 'look-again', text, at: lookAgainAt, money: amount, payoutId };
  const [first, ...then] = shown;
  const isFirst = !first?.at || first.at > lookAgainAt;
  return isFirst ? [look, ...shown] : [first, look, ...then];
}

const order: { after: PayoutStatus; what: string; text: string }[] = [
  { after: 'requested', what: 'reserve', text: 'Money is reserved for the payout' },
  {
    after: 'reserved',
    what: 'transfer',
    text: 'The platform’s part is transferred to the account',
  },
  { after: 'transferred', what: 'payout', text: 'Stripe is asked to pay the money out' },
  { after: 'sent', what: 'paid', text: 'The bank receives the money' },
  { after: 'paid', what: 'settle', text: 'The watch for a late return ends' },
];

/** When Stripe expects the bank to have the money. A day that has passed is not promised again. */
function expectedOf(
  { status, bankExpectedOn, isPausedAtStripe }: PayoutRecord,
  now: string,
): Partial<Pick<ComingStep, 'at' | 'text'>> {
  const paid = 'The bank receives the money';
  if (status !== 'sent' || bankExpectedOn === null) return {};
  if (isPausedAtStripe) {
    return { text: `${paid} once payouts of the account are active at Stripe again` };
  }
  const day = sayDay(bankExpectedOn);
  if (isPast(bankExpectedOn, now)) {
    const age = sayAge(bankExpectedOn, now);
    return { text: `${paid}. Stripe expected this on ${day}: the payout is ${age} overdue` };
  }
  return { at: bankExpectedOn, text: `${paid}. Stripe expects this on ${day}` };
}

function amountOf({ currency, fromPlatform, fromAccount, requestedAmount }: PayoutRecord) {
  const reserved = fromPlatform + fromAccount;
  const carried = reserved > 0 ? reserved : requestedAmount;
  return carried === null ? null : money(carried, currency);
}
