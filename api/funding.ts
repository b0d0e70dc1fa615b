import { z } from '@hono/zod-openapi';
import type { Stripe } from 'stripe';
import { paydaysAround } from '../activities/paydays/calendar.ts';
import { readFunding } from '../db/funding.ts';
import { readClock } from '../db/operations/clock.ts';
import { sayInstant } from '../domain/dates.ts';
import { type CurrencyDue, dueKinds, missingOf, type NotDueReason } from '../domain/funding.ts';
import { formatMoney, money } from '../domain/money.ts';
import { type AppDeps, createRoutes } from './http/context.ts';
import { brokenRule } from './http/problems.ts';
import { defineRoute } from './http/define-route.ts';
import { answer, GivenInstant, Instant, Money } from './http/schemas.ts';
import type { NotPaidReason } from '../domain/paydays/forecast.ts';
import { sayNotPaid } from '../domain/paydays/words.ts';
import { askStripe, sumIn } from './stripe/ask.ts';

/** The default and the longest range in days. Both are small: later earnings are unknown. */
const usualDays = 7;
const mostDays = 31;

const Part = z.object({ payouts: z.int(), money: Money });

const CurrencyFunding = z
  .object({
    currency: z.string(),
    summary: z.string(),
    due: Money.openapi({ description: 'What the platform’s balance must provide until `until`' }),
    dueParts: z.object(Object.fromEntries(dueKinds.map((kind) => [kind, Part])) as Parts).openapi({
      description:
        'What makes money due. These amounts include money that is already at the accounts',
    }),
    atAccounts: Money.openapi({ description: 'Also due, but already at the sellers’ accounts' }),
    firstPaydayAt: Instant.nullable(),
    lastPaydayAt: Instant.nullable(),
    balance: z
      .object({ available: Money, pending: Money })
      .openapi({ description: 'The platform’s own balance at Stripe' }),
    missing: z
      .object({
        atLeast: Money.openapi({ description: 'If all pending money arrives by `until`' }),
        atMost: Money.openapi({ description: 'If no pending money arrives by `until`' }),
      })
      .openapi({
        description:
          'What the platform’s balance lacks. A range, because Stripe does not say when pending money arrives',
      }),
    notDue: z
      .array(z.object({ reason: z.string(), explanation: z.string(), ...Part.shape }))
      .openapi({
        description:
          'Money that is not due, and the first reason. No amount is in two entries. Without the reason, ordered money and the money of a schedule become due; other money still needs an order',
      }),
  })
  .openapi('CurrencyFunding');

type Parts = Record<(typeof dueKinds)[number], typeof Part>;

const Funding = z
  .object({
    asOf: Instant,
    until: Instant,
    summary: z.string(),
    moneyStopped: z
      .boolean()
      .openapi({ description: '`true`: an operator stopped all money, and nothing is paid' }),
    currencies: z.array(CurrencyFunding),
  })
  .openapi('Funding');

const fundingRoute = defineRoute({
  method: 'get',
  path: '/v1/funding',
  operationId: 'getFunding',
  summary: 'Get what is due to all sellers until an instant, and what the platform’s balance lacks',
  description:
    'A forecast from what is earned and ordered now. The forecast adds the money that is reserved but not transferred, the ordered payouts, what the paydays until then would pay, and what reaches a threshold. The request changes nothing.',
  tags: ['Operations'],
  request: {
    query: z.strictObject({
      until: GivenInstant.optional().openapi({
        description: `By default in ${usualDays} days, at most in ${mostDays} days`,
      }),
    }),
  },
  responses: { 200: answer(Funding, 'The forecast, with one entry for each currency') },
});

/** The route that tells how much money the platform's balance needs for the next paydays. */
export function fundingRoutes(deps: AppDeps) {
  return createRoutes().openapi(fundingRoute, async (c) => {
    const { now: asked } = await readClock(deps.db);
    const until = untilOf(c.req.valid('query').until, asked);
    const { now, moneyStopped, due } = await readFunding(deps.db, until, paydaysAround);
    // Read Stripe's balance after our books. A transfer between the two reads then counts as
    // missing, and never as available twice.
    const balance = await askStripe(deps, 'GET /v1/balance', (stripe) => stripe.balance.retrieve());
    const currencies = [...due].sort(([a], [b]) => (a < b ? -1 : 1));
    const told = currencies.map(([currency, sum]) => toFunding(currency, sum, { until, balance }));
    const summary = summaryOf(told, { until, moneyStopped });
    return c.json({ asOf: now, until, summary, moneyStopped, currencies: told }, 200);
  });
}

function untilOf(given: string | undefined, now: string): string {
  const days = (count: number): number => Date.parse(now) + count * 24 * 3_600_000;
  if (given === undefined) return new Date(days(usualDays)).toISOString();
  const until = Date.parse(given);
  if (until > Date.parse(now) && until <= days(mostDays)) return new Date(until).toISOString();
  const rule = `must be within the next ${mostDays} days`;
  throw brokenRule('query', ['until'], rule);
}

function summaryOf(
  told: z.infer<typeof CurrencyFunding>[],
  { until, moneyStopped }: { until: string; moneyStopped: boolean },
): string {
  const due = told.filter((one) => one.due.amount > 0).map(({ summary }) => summary);
  const none = `Nothing is due from the platform’s balance by ${sayInstant(until)}`;
  const stopped = moneyStopped ? ['All money is stopped: nothing is paid meanwhile'] : [];
  return [...stopped, ...(due.length > 0 ? due : [none])].join('. ');
}

function toFunding(
  currency: string,
  due: CurrencyDue,
  { until, balance }: { until: string; balance: Stripe.Balance },
): z.infer<typeof CurrencyFunding> {
  const inMoney = (amount: number) => money(amount, currency);
  const partOf = ({ payouts, amount }: { payouts: number; amount: number }) => {
    return { payouts, money: inMoney(amount) };
  };
  const available = sumIn(balance.available, currency);
  const pending = sumIn(balance.pending, currency);
  const missing = missingOf(due.fromPlatform, { available, pending });
  const { parts } = due;
  const told = { due: due.fromPlatform, available, pending, ...missing };
  return {
    currency,
    summary: sentenceOf(told, { currency, until }),
    due: inMoney(due.fromPlatform),
    dueParts: {
      'set-aside': partOf(parts['set-aside']),
      ordered: partOf(parts.ordered),
      payday: partOf(parts.payday),
      threshold: partOf(parts.threshold),
    },
    atAccounts: inMoney(due.fromAccounts),
    firstPaydayAt: due.firstPaydayAt,
    lastPaydayAt: due.lastPaydayAt,
    balance: { available: inMoney(available), pending: inMoney(pending) },
    missing: { atLeast: inMoney(missing.atLeast), atMost: inMoney(missing.atMost) },
    notDue: Object.entries(due.notDue).map(([reason, sum]) => {
      return { reason, explanation: sayNotDue(reason as NotDueReason), ...partOf(sum) };
    }),
  };
}

function sayNotDue(reason: NotDueReason): string {
  return reason in ownWords ? ownWords[reason as OwnReason] : sayNotPaid(reason as NotPaidReason);
}

type OwnReason = Exclude<NotDueReason, NotPaidReason>;

const ownWords: Record<OwnReason, string> = {
  'not-ordered': 'The money is payable, but the platform has ordered no payout',
  'refused-by-stripe':
    'Stripe refused the transfer for a reason that more money does not remove. The money is needed if a person retries the payout',
  'unexpected-state':
    'Stripe’s record does not match the payout. The money is needed if a person retries the payout and Stripe has not made the transfer',
};

type Told = { due: number; available: number; pending: number; atLeast: number; atMost: number };

function sentenceOf(told: Told, { currency, until }: { currency: string; until: string }): string {
  const say = (amount: number): string => formatMoney(money(amount, currency));
  const { due, available, pending, atLeast, atMost } = told;
  const begin = `${say(due)} is due from the platform’s balance by ${sayInstant(until)}`;
  const there = `${say(available)} is available, ${say(pending)} is pending`;
  if (atMost === 0) return `${begin}. ${there}: nothing is missing`;
  if (atLeast === atMost) return `${begin}. ${there}: ${say(atMost)} is missing`;
  const best = atLeast === 0 ? 'nothing' : say(atLeast);
  return `${begin}. ${there}: ${best} is missing if all pending money arrives by then, ${say(atMost)} if none arrives`;
}
