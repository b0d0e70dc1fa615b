import type { z } from '@hono/zod-openapi';
import type { SellerFacts } from '../../db/explanations.ts';
import { describeRequirement, isDue } from '../../domain/accounts/requirements.ts';
import { formatMoney, money } from '../../domain/money.ts';
import { reachesThreshold } from '../../domain/paydays/schedule.ts';
import { sayInstant } from '../http/instants.ts';
import { comingPayday, type ComingPayday, unorderedNow } from '../paydays/forecasts.ts';
import { paydayWords } from '../paydays/words.ts';
import type { NextStep } from '../waits.ts';
import { nextOf } from './payout-next.ts';

type Step = z.infer<typeof NextStep>;

/** What comes next for a seller, soonest first; what has no date yet comes last. */
export function nextOfSeller(facts: SellerFacts): Step[] {
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
): Step {
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
function thresholdSteps(facts: SellerFacts): Step[] {
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

function expiries({ seller }: SellerFacts): Step[] {
  return seller.holds.flatMap(({ id, expiresAt }) => {
    return expiresAt === null ? [] : [step('hold-ends', `Hold ${id} ends by itself`, expiresAt)];
  });
}

function accountSteps({ seller, now }: SellerFacts): Step[] {
  const { lookAgainAt, parked, requirements } = seller;
  const asked = requirements
    .filter((one) => isDue(one) && one.deadlineAt !== null && one.deadlineAt > now)
    .map((one) => step('requirement-due', describeRequirement(one), one.deadlineAt));
  if (lookAgainAt === null || parked !== null) return asked;
  const text = 'Its account is read from Stripe again, sooner when Stripe says that it changed';
  return [...asked, step('read-account', text, lookAgainAt)];
}

function step(what: string, text: string, at: string | null, amount: Step['money'] = null): Step {
  return { what, text, at, money: amount, payoutId: null };
}

/** What the next payday does, as steps that are still to come: one for each currency. */
export function paydaySteps(payday: ComingPayday | undefined): z.infer<typeof NextStep>[] {
  if (!payday) return [];
  const at = payday.isKept ? null : payday.at;
  const step = (text: string, paid: z.infer<typeof NextStep>['money']) => {
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
    return step(`Payday: ${amount} is not paid as it stands. ${paydayWords[reason]}`, null);
  });
}
