import { z } from '@hono/zod-openapi';
import { listCommands } from '../../db/commands.ts';
import { listPastWaits } from '../../db/explanations/histories.ts';
import { readPayoutTotals } from '../../db/explanations/totals.ts';
import { listPayoutEntries } from '../../db/ledger.ts';
import { recordPayoutOrder } from '../../db/payouts/orders.ts';
import * as views from '../../db/payouts/views.ts';
import { listAttempts, listAttemptsAfter } from '../../db/stripe/attempt-views.ts';
import type { ItemRecord, PayoutRecord } from '../../domain/explanations/facts.ts';
import { showPayout } from '../../domain/explanations/payout-words.ts';
import { notShownOf, timelineOf } from '../../domain/explanations/timeline.ts';
import { isEarningId, isPayoutId, type SellerId } from '../../domain/ids.ts';
import { money } from '../../domain/money.ts';
import { payoutStatuses } from '../../domain/payouts/states.ts';
import { runCommand } from '../http/commands.ts';
import { type AppDeps, createRoutes } from '../http/context.ts';
import { defineRoute } from '../http/define-route.ts';
import { readOpenSeller, readPayout, readSeller } from '../http/found.ts';
import { afterOf, pageOf, PageQuery, toPage } from '../http/pages.ts';
import { Problem } from '../http/problems.ts';
import * as schemas from '../http/schemas.ts';
import { answer, body, PayoutParams, SellerParams } from '../http/schemas.ts';
import { type Asked, refuseTooSmall } from '../http/too-small.ts';
import { Attempt, NotShown, Payout, PayoutItem, TimelineEvent } from './schemas.ts';

const NewPayoutBody = z
  .strictObject({
    amount: schemas.Amount.optional().openapi({
      description: 'By default, everything that is payable when the payout starts',
    }),
    currency: schemas.Currency.optional().openapi({
      description: 'By default, the seller’s currency',
    }),
  })
  .openapi('NewPayout');

const filters = {
  status: z.enum(payoutStatuses).optional(),
  parked: z
    .enum(['true', 'false'])
    .optional()
    .openapi({ description: '`true`: only payouts that wait for a person' }),
  currency: schemas.Currency.optional(),
  createdFrom: schemas.GivenInstant.optional().openapi({
    description: 'Only payouts that were ordered at this instant or later',
  }),
  createdBefore: schemas.GivenInstant.optional().openapi({
    description: 'Only payouts that were ordered before this instant',
  }),
  ...PageQuery,
};

const createPayout = defineRoute({
  method: 'post',
  path: '/v1/sellers/{sellerId}/payouts',
  command: 'create-payout',
  operationId: 'createPayout',
  summary: 'Create a payout',
  description:
    'The payout starts when the seller is active and all earlier payouts of the seller in this currency have been sent or have ended. It reserves its money when it starts.',
  tags: ['Payouts'],
  request: { params: SellerParams, headers: schemas.CommandHeaders, body: body(NewPayoutBody) },
  responses: { 202: answer(Payout, 'The requested payout') },
});

const getSellerPayouts = defineRoute({
  method: 'get',
  path: '/v1/sellers/{sellerId}/payouts',
  operationId: 'listSellerPayouts',
  summary: 'List the payouts of a seller, newest first',
  tags: ['Payouts'],
  request: { params: SellerParams, query: z.strictObject(filters) },
  responses: { 200: answer(pageOf(Payout), 'A page of payouts') },
});

const getPayouts = defineRoute({
  method: 'get',
  path: '/v1/payouts',
  operationId: 'listPayouts',
  summary: 'List payouts, newest first',
  tags: ['Payouts'],
  request: { query: z.strictObject({ sellerId: schemas.SellerFilter, ...filters }) },
  responses: { 200: answer(pageOf(Payout), 'A page of payouts') },
});

const getPayout = defineRoute({
  method: 'get',
  path: '/v1/payouts/{payoutId}',
  operationId: 'getPayout',
  summary: 'Get a payout',
  description:
    'The answer says where the money is, what the payout waits for, and what ends the wait.',
  tags: ['Payouts'],
  request: { params: PayoutParams },
  responses: { 200: answer(Payout, 'The payout') },
});

const getItems = defineRoute({
  method: 'get',
  path: '/v1/payouts/{payoutId}/items',
  operationId: 'listPayoutItems',
  summary: 'List the earnings in a payout',
  tags: ['Payouts'],
  request: { params: PayoutParams, query: z.strictObject(PageQuery) },
  responses: { 200: answer(pageOf(PayoutItem), 'A page of earnings') },
});

const getAttempts = defineRoute({
  method: 'get',
  path: '/v1/payouts/{payoutId}/attempts',
  operationId: 'listPayoutAttempts',
  summary: 'List the requests to Stripe for a payout, oldest first',
  tags: ['Payouts'],
  request: { params: PayoutParams, query: z.strictObject(PageQuery) },
  responses: { 200: answer(pageOf(Attempt), 'A page of attempts') },
});

const getTimeline = defineRoute({
  method: 'get',
  path: '/v1/payouts/{payoutId}/timeline',
  operationId: 'getPayoutTimeline',
  summary: 'List what happened to a payout, oldest first',
  description:
    'The list is made from at most 100 requests to Stripe, 100 commands and 100 ledger entries: the newest of each.',
  tags: ['Payouts'],
  request: { params: PayoutParams },
  responses: {
    200: answer(z.object({ data: z.array(TimelineEvent), notShown: NotShown }), 'The events'),
  },
});

/** Routes that order and read payouts. */
export function payoutRoutes(deps: AppDeps) {
  const { db } = deps;
  return createRoutes()
    .openapi(createPayout, async (c) => {
      const { sellerId } = c.req.valid('param');
      const asked = { sellerId, ...c.req.valid('json') };
      const { 'idempotency-key': idempotencyKey } = c.req.valid('header');
      const by = { orderedBy: c.get('caller').id, idempotencyKey };
      const done = await runCommand(c, deps, { kind: 'create-payout', request: asked }, (tx) =>
        order(tx, { ...asked, ...by }),
      );
      return c.json(done.body, done.status);
    })
    .openapi(getSellerPayouts, async (c) => {
      const { id } = await readSeller(db, c.req.valid('param').sellerId);
      return c.json(await page(db, { ...c.req.valid('query'), sellerId: id }), 200);
    })
    .openapi(getPayouts, async (c) => c.json(await page(db, c.req.valid('query')), 200))
    .openapi(getPayout, async (c) => {
      const payout = await readPayout(db, c.req.valid('param').payoutId);
      return c.json(showPayout(payout, await listAttempts(db, payout.id)), 200);
    })
    .openapi(getItems, async (c) => {
      const { id: payoutId } = await readPayout(db, c.req.valid('param').payoutId);
      const { limit, cursor } = c.req.valid('query');
      const after = afterOf(cursor, isEarningId);
      const items = await views.listPayoutItems(db, { payoutId, after, limit });
      const rows = items.map((item) => ({ ...item, id: item.earningId }));
      return c.json(toPage(rows, limit, toItem), 200);
    })
    .openapi(getAttempts, async (c) => {
      const { id } = await readPayout(db, c.req.valid('param').payoutId);
      const { limit, cursor } = c.req.valid('query');
      const isOfPayout = (key: string): key is string => key.startsWith(`${id}/`);
      const after = afterOf(cursor, isOfPayout);
      const attempts = await listAttemptsAfter(db, { payoutId: id, after, limit });
      const rows = attempts.map((attempt) => ({ id: attempt.key, attempt }));
      return c.json(
        toPage(rows, limit, ({ attempt }) => attempt),
        200,
      );
    })
    .openapi(getTimeline, async (c) => {
      const payout = await readPayout(db, c.req.valid('param').payoutId);
      const [attempts, entries, commands, pastWaits, { earnings: _items, ...totals }] =
        await Promise.all([
          listAttempts(db, payout.id),
          listPayoutEntries(db, payout.id),
          listCommands(db, payout.id),
          listPastWaits(db, payout.id),
          readPayoutTotals(db, payout.id),
        ]);
      const data = timelineOf({ payout, attempts, entries, commands, pastWaits });
      const notShown = notShownOf(totals, { attempts, decisions: commands, entries, pastWaits });
      return c.json({ data, notShown }, 200);
    });
}

function toItem({ currency, id: _id, ...item }: ItemRecord & { id: string }) {
  return {
    ...item,
    amount: money(item.amount, currency),
    earned: money(item.earned, currency),
  };
}

type Order = Omit<Parameters<typeof recordPayoutOrder>[1], 'amount' | 'currency'> & Asked;

async function order(tx: Parameters<typeof recordPayoutOrder>[0], asked: Order) {
  const seller = await readOpenSeller(tx, asked.sellerId);
  refuseTooSmall(asked, seller, 'body');
  const payoutId = await recordPayoutOrder(tx, {
    ...asked,
    amount: asked.amount ?? null,
    currency: asked.currency ?? seller.currency,
  });
  if (payoutId === undefined) {
    throw new Problem('idempotency-key-reused', 'Use a new Idempotency-Key for a new request');
  }
  const body = showPayout(await readPayout(tx, payoutId));
  return { status: 202 as const, body, objectId: payoutId };
}

type Filter = {
  sellerId?: SellerId | undefined;
  status?: PayoutRecord['status'] | undefined;
  parked?: 'true' | 'false' | undefined;
  currency?: string | undefined;
  createdFrom?: string | undefined;
  createdBefore?: string | undefined;
  cursor?: string | undefined;
  limit: number;
};

async function page(db: AppDeps['db'], { cursor, parked, ...filter }: Filter) {
  const rows = await views.listPayouts(db, {
    ...filter,
    parked: parked && parked === 'true',
    after: afterOf(cursor, isPayoutId),
  });
  return toPage(rows, filter.limit, (row) => showPayout(row));
}
