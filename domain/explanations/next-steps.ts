import { describeRequirement, isDue } from '../accounts/requirements.ts';
import { sayDay } from '../dates.ts';
import { formatMoney, money } from '../money.ts';
import { comingPayday, type ComingPayday, unorderedNow } from '../paydays/coming.ts';
import { reachesThreshold } from '../paydays/schedule.ts';
import { sayNotPaid } from '../paydays/words.ts';
import { isOver, type PayoutStatus } from '../payouts/states.ts';
import { endsOnTime, waitNames } from '../waits.ts';
import type { PayoutRecord, SellerFacts } from './facts.ts';
import type { ComingStep, SayInstant } from './waiting.ts';

/** What comes next for a seller, soonest first; what has no date yet comes last. */
export function nextOfSeller(facts: SellerFacts, sayInstant: SayInstant): ComingStep[] {
  if (facts.seller.status === 'closed') return [];
  const steps = [
    ...facts.openPayouts.flatMap((payout) => nextOf(payout, facts.now).slice(0, 1)),
    ...paydaySteps(comingPayday(facts)),
    ...thresholdSteps(facts),
    ...facts.upcoming.map((one) => upcomingStep(facts, one, sayInstant)),
    ...expiries(facts),
    ...accountSteps(facts),
  ];
  return steps.sort((a, b) => (a.at ?? '~').localeCompare(b.at ?? '~'));
}

/** What becomes payable, when, and what would pay it then. */
function upcomingStep(
  { seller: { schedule } }: SellerFacts,
  { at, currency, amount, paydayAt }: SellerFacts['upcoming'][number],
  sayInstant: SayInstant,
): ComingStep {
  const earned = money(amount, currency);
  const threshold = schedule.thresholds[currency];
  const words = [
    `${formatMoney(earned)} becomes payable${at === null ? ' once its charge says from when' : ''}`,
    paydayAt === null
      ? at !== null && schedule.interval === 'manual' && 'no payday pays it: order a payout'
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

/** What comes next, and when, as far as it is known. Nothing until a person decides. */
export function nextOf(payout: PayoutRecord, now: string): ComingStep[] {
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
      ? 'It is read from Stripe again, sooner when Stripe says what became of it'
      : 'It looks again at the latest then, sooner when something happens';
  const look = { what: 'look-again', text, at: lookAgainAt, money: amount, payoutId };
  const [first, ...then] = shown;
  const isFirst = !first?.at || first.at > lookAgainAt;
  return isFirst ? [look, ...shown] : [first, look, ...then];
}

const order: { after: PayoutStatus; what: string; text: string }[] = [
  { after: 'requested', what: 'reserve', text: 'Money is set aside for it' },
  {
    after: 'reserved',
    what: 'transfer',
    text: 'The platform’s part is transferred to the account',
  },
  { after: 'transferred', what: 'payout', text: 'Stripe is asked to pay it out' },
  { after: 'sent', what: 'paid', text: 'The bank has it' },
  { after: 'paid', what: 'settle', text: 'The watch for a late return ends' },
];

/** When the bank has it, as Stripe said; a day that is over is told and not promised again. */
function expectedOf(
  { status, bankExpectedAt }: PayoutRecord,
  now: string,
): Partial<Pick<ComingStep, 'at' | 'text'>> {
  if (status !== 'sent' || bankExpectedAt === null) return {};
  const day = sayDay(bankExpectedAt);
  const isPast = bankExpectedAt.slice(0, 10) < now.slice(0, 10);
  if (isPast) return { text: `The bank has it; Stripe expected that on ${day}` };
  return { at: bankExpectedAt, text: `The bank has it: Stripe expects that on ${day}` };
}

function amountOf({ currency, fromPlatform, fromAccount, requestedAmount }: PayoutRecord) {
  const setAside = fromPlatform + fromAccount;
  const carried = setAside > 0 ? setAside : requestedAmount;
  return carried === null ? null : money(carried, currency);
}
