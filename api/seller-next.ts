import type { z } from '@hono/zod-openapi';
import type { SellerFacts } from '../db/explanations.ts';
import { formatMoney, money } from '../domain/money.ts';
import { describeRequirement, isDue } from '../domain/requirements.ts';
import { reachesThreshold } from '../domain/schedule.ts';
import { nextOf } from './explain-payout.ts';
import type { NextStep } from './explanation-schemas.ts';
import { comingPayday, paydaySteps, unorderedNow } from './paydays.ts';

type Step = z.infer<typeof NextStep>;

/** What comes next for a seller, soonest first; what has no date yet comes last. */
export function nextOfSeller(facts: SellerFacts): Step[] {
  if (facts.seller.status === 'closed') return [];
  const steps = [
    ...facts.openPayouts.flatMap((payout) => nextOf(payout).slice(0, 1)),
    ...paydaySteps(comingPayday(facts)),
    ...thresholdSteps(facts),
    ...facts.upcoming.map(({ at, currency, amount }) => {
      const earned = money(amount, currency);
      return step('becomes-payable', `${formatMoney(earned)} becomes payable`, at, earned);
    }),
    ...expiries(facts),
    ...accountSteps(facts),
  ];
  return steps.sort((a, b) => (a.at ?? '~').localeCompare(b.at ?? '~'));
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
