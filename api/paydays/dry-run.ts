import { z } from '@hono/zod-openapi';
import { paydaysAround } from '../../activities/paydays/calendar.ts';
import { readPreviewFacts } from '../../db/explanations/facts.ts';
import { readClock } from '../../db/operations/clock.ts';
import { listSellersDue } from '../../db/paydays/due.ts';
import { defaultBanks } from '../../domain/accounts/bank.ts';
import type { SellerBeside } from '../../domain/explanations/facts.ts';
import { notPaidForSeller } from '../../domain/for-seller/waits.ts';
import { isSellerId, type SellerId } from '../../domain/ids.ts';
import { money } from '../../domain/money.ts';
import { comingPayday, dryRunOrder, toPaydayMoney } from '../../domain/paydays/coming.ts';
import { sayNotPaid } from '../../domain/paydays/words.ts';
import {
  type Corridor,
  route,
  routeFees,
  routeOutcomes,
  sayRoute,
  whyNoRoute,
} from '../../domain/routing/route.ts';
import { type AppDeps, createRoutes } from '../http/context.ts';
import { defineRoute } from '../http/define-route.ts';
import { readSeller, refuseClosed } from '../http/found.ts';
import { afterOf, pageOf, PageQuery, toPage } from '../http/pages.ts';
import { Problem } from '../http/problems.ts';
import * as schemas from '../http/schemas.ts';
import { answer, SellerParams } from '../http/schemas.ts';
import { refuseTooSmall } from '../http/too-small.ts';
import { Payday, PaydayMoney } from './schemas.ts';

/** Where the money of one currency would go. Nothing of it is a promise of Stripe. */
const Way = {
  route: z
    .object({
      outcome: z.enum(routeOutcomes),
      explanation: z.string(),
      fees: z.array(z.enum(routeFees)),
    })
    .nullable()
    .openapi({ description: 'Null until a worker has read the country of the platform' }),
  bankAccount: z
    .object({ id: z.string(), ...schemas.bankNames })
    .nullable()
    .openapi({
      description: 'Null if Stripe lists none, and then chooses, or lists several as the default',
    }),
};

const DryRunPayday = z
  .object({
    sellerId: z.string(),
    seller: schemas.SellerNames,
    payday: z.object({ ...Payday.shape, isKept: z.boolean() }),
    money: z.array(z.object({ ...PaydayMoney.shape, ...Way })),
  })
  .openapi('DryRunPayday');

const paydayRoute = defineRoute({
  method: 'get',
  path: '/v1/paydays/dry-run',
  operationId: 'dryRunPaydays',
  summary: 'Say what the next payday of each seller would pay',
  description:
    'For every seller with a payday until then, its next payday, decided as the payday itself decides. It asks only the engine’s own books, and changes nothing, at Stripe or here. `GET /v1/funding` says what the platform’s balance lacks for it.',
  tags: ['Sellers'],
  request: {
    query: z.strictObject({
      until: schemas.GivenInstant.openapi({ description: 'The last instant of a payday' }),
      ...PageQuery,
    }),
  },
  responses: {
    200: answer(
      z.object({ asOf: schemas.Instant, ...pageOf(DryRunPayday).shape }),
      'A page of sellers, in the order of their ids',
    ),
  },
});

const DryRunOrder = z
  .object({
    asOf: schemas.Instant,
    outcome: z.enum(['pays', 'waits', 'is-skipped']),
    pays: schemas.Money,
    fromPlatform: schemas.Money,
    fromAccount: schemas.Money,
    reason: z.string().nullable().openapi({ description: 'Null if it pays' }),
    explanation: z.string().nullable(),
    forSeller: z.string().nullable(),
    ...Way,
  })
  .openapi('DryRunOrder');

const orderRoute = defineRoute({
  method: 'get',
  path: '/v1/sellers/{sellerId}/payouts/dry-run',
  operationId: 'dryRunPayout',
  summary: 'Say what a payout would do if it were ordered now',
  description:
    'Decided as the reservation of an ordered payout decides, after what is ordered already. It changes nothing, at Stripe or here.',
  tags: ['Payouts'],
  request: {
    params: SellerParams,
    query: z.strictObject({
      amount: z
        .string('must be given once')
        .regex(/^\d{1,20}$/, 'must be a whole number of minor units')
        .transform(Number)
        .pipe(schemas.Amount)
        .optional()
        .openapi({ type: 'integer', description: 'By default, everything that is payable' }),
      currency: schemas.Currency.optional(),
    }),
  },
  responses: { 200: answer(DryRunOrder, 'What the payout would do') },
});

/** Routes that say what a payday or an order would do, without doing it. */
export function dryRunRoutes({ db }: AppDeps) {
  return createRoutes()
    .openapi(paydayRoute, async (c) => {
      const { until, cursor, limit } = c.req.valid('query');
      const { now: asOf } = await readClock(db);
      const instant = new Date(until).toISOString();
      const after = afterOf(cursor, isSellerId);
      const page = toPage(
        await listSellersDue(db, { until: instant, after, limit }),
        limit,
        ({ id }) => ({ id }),
      );
      const data = [];
      for (const { id } of page.data) {
        const found = await dryRunOf(db, id);
        if (found && found.payday.at <= instant) data.push(found);
      }
      return c.json({ asOf, ...page, data }, 200);
    })
    .openapi(orderRoute, async (c) => {
      const { sellerId } = c.req.valid('param');
      const asked = c.req.valid('query');
      const named = await readSeller(db, sellerId);
      refuseClosed(named);
      refuseTooSmall(asked, named, 'query');
      const { amount = null, currency = named.currency } = asked;
      const facts = await readPreviewFacts(db, sellerId, paydaysAround, currency);
      if (!facts) throw new Problem('unknown-seller', 'No seller has this id');
      const { seller, now: asOf } = facts;
      const decision = dryRunOrder(facts, { currency, amount });
      const isPaid = decision.kind === 'reserve';
      const reason = isPaid ? null : decision.reason;
      const [fromPlatform, fromAccount] = isPaid
        ? [decision.fromPlatform, decision.fromAccount]
        : [0, 0];
      const body = {
        asOf,
        outcome: ({ reserve: 'pays', wait: 'waits', skip: 'is-skipped' } as const)[decision.kind],
        pays: money(fromPlatform + fromAccount, currency),
        fromPlatform: money(fromPlatform, currency),
        fromAccount: money(fromAccount, currency),
        reason,
        explanation: reason && sayNotPaid(reason),
        forSeller: reason && notPaidForSeller(reason),
        ...wayOf(seller, currency),
      };
      return c.json(body, 200);
    });
}

async function dryRunOf(db: AppDeps['db'], sellerId: SellerId) {
  const facts = await readPreviewFacts(db, sellerId, paydaysAround);
  const payday = facts && comingPayday(facts);
  if (!facts || !payday) return undefined;
  const { seller } = facts;
  const { externalId, displayName } = seller;
  const { at, cutOffAt, isKept, forecasts } = payday;
  return {
    sellerId,
    seller: { externalId, displayName },
    payday: { at, cutOffAt, isKept },
    money: forecasts.map((forecast) => {
      return { ...toPaydayMoney(forecast), ...wayOf(seller, forecast.currency) };
    }),
  };
}

/** By which route and to which bank account the money of one currency would go. */
function wayOf({ corridor, banks }: SellerBeside, currency: string) {
  const defaults = defaultBanks(banks, currency);
  const bank = defaults.length === 1 ? defaults[0] : null;
  const facts = corridor && { ...corridor, ...knownOf(corridor), currency };
  const found = facts && route(facts);
  return {
    route: found && {
      outcome: found.outcome,
      explanation: sayRoute(found, facts),
      fees: [...found.fees],
    },
    bankAccount: bank ? { id: bank.id, bankName: bank.bankName, last4: bank.last4 } : null,
  };
}

/** While the agreement was not read, the one that can be paid counts, as in `whyNoRoute`. */
function knownOf(corridor: Corridor) {
  const { agreement } = corridor;
  const isFull = whyNoRoute({ ...corridor, agreement: 'full' }) === null;
  return {
    agreement: agreement ?? (isFull ? ('full' as const) : ('recipient' as const)),
    flow: 'transfer' as const,
  };
}
