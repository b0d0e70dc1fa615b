import { z } from '@hono/zod-openapi';
import type { Tx } from '../db/connect.ts';
import * as holds from '../db/holds.ts';
import { readClock } from '../db/operations/clock.ts';
import { waitsForSeller } from '../domain/for-seller/waits.ts';
import {
  holdReasonCodes,
  holdReasons,
  type HoldRecord,
  holdSources,
  isOfPeople,
  releaseRules,
  sayKept,
} from '../domain/holds.ts';
import { type HoldId, isHoldId, type SellerId } from '../domain/ids.ts';
import { money } from '../domain/money.ts';
import { runCommand } from './http/commands.ts';
import { type AppDeps, createRoutes } from './http/context.ts';
import { readOpenSeller, readSeller } from './http/found.ts';
import { afterOf, pageOf, PageQuery, toPage } from './http/pages.ts';
import { brokenRule, Problem } from './http/problems.ts';
import { defineRoute } from './http/define-route.ts';
import { NotStopped, showNotStopped } from './payouts/not-stopped.ts';
import * as schemas from './http/schemas.ts';
import { answer, body, SellerParams } from './http/schemas.ts';

const NewHoldBody = z
  .strictObject({
    source: z.enum(holdSources).default('operator'),
    reasonCode: z.enum(holdReasonCodes.filter(isOfPeople)).default('other').openapi({
      description:
        'Why the money is held, as a code. The Temporal UI and events show the code and never the free text of `reason`',
    }),
    reason: schemas.text(500),
    currency: schemas.Currency.optional().openapi({
      description: 'By default, the hold applies to every currency',
    }),
    amount: schemas.Amount.optional().openapi({
      description: 'By default, the hold applies to all money',
    }),
    expiresAt: schemas.GivenInstant.optional().openapi({
      description: 'When the hold expires. By default, only a release ends the hold',
    }),
  })
  .refine(({ amount, currency }) => amount === undefined || currency !== undefined, {
    path: ['currency'],
    error: 'must be given with an amount',
  })
  .openapi('NewHold');

/** A hold in the API's answers. */
export const Hold = z
  .object({
    id: z.string(),
    sellerId: z.string(),
    seller: schemas.SellerNames,
    state: z.enum(['active', 'released', 'expired']),
    source: z.enum(holdSources),
    reasonCode: z.enum(holdReasonCodes).openapi({
      description: `Why the money is held: ${Object.entries(holdReasons)
        .map(([code, { says }]) => `\`${code}\`, ${says}`)
        .join('; ')}`,
    }),
    reason: z.string(),
    forSeller: z.string().nullable().openapi({
      description: 'What the seller may know. Null once the hold is no longer active',
    }),
    earningId: z.string().nullable().openapi({
      description:
        'The earning whose money is held. Such a hold counts once the earning is payable. Null: any money',
    }),
    currency: z
      .string()
      .nullable()
      .openapi({ description: 'Null: the hold applies to every currency' }),
    amount: z
      .union([schemas.Money, z.null()])
      .openapi({ description: 'Null: the hold applies to all money' }),
    placedAt: schemas.Instant,
    placedBy: z.string().openapi({ description: 'The id of the API key that placed the hold' }),
    releaseRule: z.enum(releaseRules),
    expiresAt: schemas.Instant.nullable(),
    releasedAt: schemas.Instant.nullable(),
    releasedBy: z.string().nullable(),
    releaseReason: z.string().nullable(),
  })
  .openapi('Hold');

const PlacedHold = z.object({ ...Hold.shape, notStopped: NotStopped }).openapi('PlacedHold');

/** The path of one hold. */
export const HoldParams = z.object({
  holdId: z
    .custom<HoldId>((id) => typeof id === 'string' && isHoldId(id))
    .openapi({ type: 'string', param: { name: 'holdId', in: 'path' } }),
});

const filters = {
  active: z.enum(['true', 'false']).optional().openapi({
    description: '`true`: only holds that are active now; `false`: only holds that are not',
  }),
  source: z.enum(holdSources).optional(),
  ...PageQuery,
};

const placeRoute = defineRoute({
  method: 'post',
  path: '/v1/sellers/{sellerId}/holds',
  command: 'place-hold',
  operationId: 'placeHold',
  summary: 'Place a hold on some or all of a seller’s money',
  tags: ['Holds'],
  description:
    'Holds add up, and releasing one hold does not release another. Holds take effect when a payout reserves its money: a payout of everything reserves only what the holds leave, and a payout of a fixed amount waits until the holds leave enough. A hold on everything also stops payouts whose money is already reserved: nothing more is sent for them. If the other holds come to more than the money that is not reserved, such a payout is canceled, and another one pays what the holds leave. A request that is on its way to Stripe at this moment is completed; if its answer is lost, the engine looks its outcome up and does not repeat it. A payout that Stripe already has continues; cancel it to stop it. `notStopped` names such payouts.',
  request: { params: SellerParams, headers: schemas.CommandHeaders, body: body(NewHoldBody) },
  responses: { 201: answer(PlacedHold, 'The hold') },
});

const releaseRoute = defineRoute({
  method: 'post',
  path: '/v1/holds/{holdId}/release',
  command: 'release-hold',
  operationId: 'releaseHold',
  summary: 'Release a hold',
  description:
    'Payouts that wait for a hold check immediately whether they can continue. The hold of money that came without an order is released only after its discrepancy is closed.',
  tags: ['Holds'],
  request: {
    params: HoldParams,
    headers: schemas.CommandHeaders,
    body: body(z.strictObject({ reason: schemas.text(500) }).openapi('ReleaseReason')),
  },
  responses: { 200: answer(Hold, 'The released hold') },
});

const sellerListRoute = defineRoute({
  method: 'get',
  path: '/v1/sellers/{sellerId}/holds',
  operationId: 'listSellerHolds',
  summary: 'List the holds on a seller, newest first',
  tags: ['Holds'],
  request: { params: SellerParams, query: z.strictObject(filters) },
  responses: { 200: answer(pageOf(Hold), 'A page of holds') },
});

const listRoute = defineRoute({
  method: 'get',
  path: '/v1/holds',
  operationId: 'listHolds',
  summary: 'List holds, newest first',
  tags: ['Holds'],
  request: { query: z.strictObject({ sellerId: schemas.SellerFilter, ...filters }) },
  responses: { 200: answer(pageOf(Hold), 'A page of holds') },
});

/** Routes that place, release and read holds. */
export function holdRoutes(deps: AppDeps) {
  const { db } = deps;
  return createRoutes()
    .openapi(placeRoute, async (c) => {
      const asked = { ...c.req.valid('param'), ...c.req.valid('json') };
      const by = c.get('caller').id;
      const done = await runCommand(c, deps, { kind: 'place-hold', request: asked }, (tx) =>
        place(tx, asked, by),
      );
      return c.json(done.body, 201);
    })
    .openapi(releaseRoute, async (c) => {
      const asked = { ...c.req.valid('param'), ...c.req.valid('json') };
      const by = c.get('caller').id;
      const done = await runCommand(c, deps, { kind: 'release-hold', request: asked }, (tx) =>
        release(tx, asked, by),
      );
      return c.json(done.body, 200);
    })
    .openapi(sellerListRoute, async (c) => {
      const { id } = await readSeller(db, c.req.valid('param').sellerId);
      return c.json(await page(db, { ...c.req.valid('query'), sellerId: id }), 200);
    })
    .openapi(listRoute, async (c) => c.json(await page(db, c.req.valid('query')), 200));
}

type Asked = z.infer<typeof NewHoldBody> & { sellerId: SellerId };

async function place(tx: Tx, asked: Asked, by: string) {
  await readOpenSeller(tx, asked.sellerId);
  const { sellerId, source, reasonCode, reason } = asked;
  const expiresAt = asked.expiresAt ? new Date(asked.expiresAt).toISOString() : null;
  if (expiresAt !== null && expiresAt <= (await readClock(tx)).now) throw expired();
  const { currency = null, amount = null } = asked;
  const hold = { sellerId, source, reasonCode, reason, currency, amount, expiresAt };
  const placed = await holds.placeHold(tx, hold, by);
  const notStopped = await showNotStopped(tx, { sellerId, currency });
  return { status: 201, body: { ...toHold(placed), notStopped }, objectId: placed.id };
}

async function release(tx: Tx, asked: { holdId: HoldId; reason: string }, by: string) {
  const standing = await holds.findHold(tx, asked.holdId);
  if (!standing) throw new Problem('unknown-hold', 'No hold has this id');
  const { state, keptBy } = standing;
  if (state === 'active' && keptBy) throw new Problem('outcome-needed', sayKept(keptBy));
  const released = await holds.releaseHold(tx, { ...asked, by });
  if (released) return { status: 200, body: toHold(released), objectId: released.id };
  const { state: now = state } = (await holds.findHold(tx, asked.holdId)) ?? {};
  throw new Problem('hold-not-active', `This hold is already ${now}`);
}

type Filter = {
  sellerId?: SellerId | undefined;
  source?: HoldRecord['source'] | undefined;
  active?: 'true' | 'false' | undefined;
  cursor?: string | undefined;
  limit: number;
};

async function page(db: AppDeps['db'], { cursor, active, ...filter }: Filter) {
  const rows = await holds.listHolds(db, {
    ...filter,
    active: active && active === 'true',
    after: afterOf(cursor, isHoldId),
  });
  return toPage(rows, filter.limit, toHold);
}

/** Converts a hold for an answer. */
export function toHold(record: HoldRecord): z.infer<typeof Hold> {
  const { amount, currency, keptBy: _, ...hold } = record;
  const held = amount === null || currency === null ? null : money(amount, currency);
  const forSeller = hold.state === 'active' ? waitsForSeller.hold : null;
  return { ...hold, currency, amount: held, forSeller };
}

function expired(): Problem {
  const rule = 'must be in the future';
  return brokenRule('body', ['expiresAt'], rule);
}
