import { describeRequirement, isDue } from '../../domain/accounts/requirements.ts';
import type { SellerFacts } from '../../domain/explanations/facts.ts';
import { nextOf } from '../../domain/explanations/payout-next.ts';
import type { ComingStep } from '../../domain/explanations/waiting.ts';
import { formatMoney, money } from '../../domain/money.ts';
import { comingPayday, type ComingPayday, unorderedNow } from '../../domain/paydays/coming.ts';
import { reachesThreshold } from '../../domain/paydays/schedule.ts';
import { sayNotPaid } from '../../domain/paydays/words.ts';
import { sayInstant } from '../http/instants.ts';

/** What comes next for a seller, soonest first; what has no date yet comes last. */
export function nextOfSeller(facts: SellerFacts): ComingStep[] {
  if (facts.seller.status === 'closed') return [];
  const steps = [
    ...facts.openPayouts.flatMap((payout) => nextOf(payout, facts.now).slice(0, 1)),
    ...paydaySteps(comingPayday(facts)),
    ...thresholdSteps(facts),
    ...facts.upcoming.map((one) => upcomingStep(facts, one)),
    ...expiries(facts),
    ...accountSteps(facts),
  ];
  return steps.sort((a, b) => (a.at ?? '~').localeCompare(b.at ?? '~'));
}

/** What becomes payable, when, and what would pay it then. */
function upcomingStep(
  { seller: { schedule } }: SellerFacts,
  { at, currency, amount, paydayAt }: SellerFacts['upcoming'][number],
): ComingStep {
  const earned = money(amount, currency);
  const threshold = schedule.thresholds[currency];
  const words = [
    `${formatMoney(earned)} becomes payable${at === null ? ' once its charge says from when' : ''}`,
    paydayAt === null
      ? at !== null && schedule.interval === 'manual' && 'no payday pays it: a payout is ordered'
      : `the payday of ${sayInstant(paydayAt, schedule.timeZone)} would pay it`,
    threshold !== undefined &&
      `it is paid at once where ${formatMoney(money(threshold, currency))} is reached`,
  ];
  return step('becomes-payable', words.filter((part) => part !== false).join('; '), at, earned);
}

/** A payday is not all: enough money is paid at once, when it is there. */
function thresholdSteps(facts: SellerFacts): ComingStep[] {
  const { schedule, thresholdLookAt: at } = facts.seller;
  if (at === null) return [];
  return facts.funds.flatMap(({ currency }) => {
    const coming = facts.upcoming.filter((one) => {
      return one.currency === currency && one.at !== null && one.at <= at;
    });
    const amount = coming.reduce((sum, one) => sum + one.amount, unorderedNow(facts, currency));
    if (!reachesThreshold(schedule, { amount, currency })) return [];
    const paid = money(amount, currency);
    return [
      step('threshold', `${formatMoney(paid)} reaches the threshold: paid at once`, at, paid),
    ];
  });
}

function expiries({ seller }: SellerFacts): ComingStep[] {
  return seller.holds.flatMap(({ id, expiresAt }) => {
    return expiresAt === null ? [] : [step('hold-ends', `Hold ${id} ends by itself`, expiresAt)];
  });
}

function accountSteps({ seller, now }: SellerFacts): ComingStep[] {
  const { lookAgainAt, parked, requirements } = seller;
  const asked = requirements
    .filter((one) => isDue(one) && one.deadlineAt !== null && one.deadlineAt > now)
    .map((one) => step('requirement-due', describeRequirement(one), one.deadlineAt));
  if (lookAgainAt === null || parked !== null) return asked;
  const text = 'Its account is read from Stripe again, sooner when Stripe says that it changed';
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

/** What the next payday does, as steps that are still to come: one for each currency. */
export function paydaySteps(payday: ComingPayday | undefined): ComingStep[] {
  if (!payday) return [];
  const at = payday.isKept ? null : payday.at;
  const step = (text: string, paid: ComingStep['money']) => {
    return { what: 'payday', text, at, money: paid, payoutId: null };
  };
  const some = payday.forecasts.filter(({ wouldPay }) => wouldPay > 0);
  if (some.length === 0) return [step('Payday: by what is known now, it has nothing to pay', null)];
  return some.map(({ currency, pays, wouldPay, held, reason }) => {
    if (reason === null) {
      const paid = money(pays, currency);
      const stays = held > 0 ? `; ${formatMoney(money(held, currency))} is held` : '';
      return step(`Payday: ${formatMoney(paid)} is paid${stays}`, paid);
    }
    const amount = formatMoney(money(wouldPay, currency));
    return step(`Payday: ${amount} is not paid as it stands. ${sayNotPaid(reason)}`, null);
  });
}
