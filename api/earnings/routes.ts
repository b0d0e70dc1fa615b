import { z } from '@hono/zod-openapi';
import type { Tx } from '../../db/connect.ts';
import {
  type EarningRecord,
  listEarnings,
  type NewEarning,
  recordEarnings,
  rereadEarnings,
} from '../../db/earnings/rows.ts';
import { lockSeller } from '../../db/locks.ts';
import { wakeForPayday } from '../../db/paydays/rows.ts';
import { findPaidCharges, holdPaidByCharge } from '../../db/reconciliation/charges/coverage.ts';
import { isEarningId, type SellerId } from '../../domain/ids.ts';
import { paysByItself } from '../../domain/paydays/schedule.ts';
import { runCommand } from '../http/commands.ts';
import { type AppDeps, createRoutes } from '../http/context.ts';
import { defineRoute } from '../http/define-route.ts';
import { readOpenSeller, readSeller } from '../http/found.ts';
import { afterOf, pageOf, PageQuery, toPage } from '../http/pages.ts';
import { type BrokenRule, brokenRule, Problem } from '../http/problems.ts';
import * as schemas from '../http/schemas.ts';
import { answer, body, SellerParams } from '../http/schemas.ts';

/** The largest number of earnings in one request. Its transaction takes well under a second. */
const largestBatch = 1000;

const NewEarningBody = z
  .strictObject({
    externalId: schemas.ExternalId.optional(),
    amount: schemas.Amount,
    currency: schemas.Currency,
    charge: z
      .string()
      .regex(/^(ch|py)_[A-Za-z0-9_]{1,200}$/, 'must be the id of a charge, ch_ or py_')
      .optional()
      .openapi({
        description:
          'The charge that brought the money. The earning becomes payable when Stripe makes the money of the charge available. What the charge does not cover is held: money that was refunded or disputed, money that other earnings with the same charge get, and everything if the charge pays the seller by itself',
      }),
    availableOn: schemas.GivenInstant.optional().openapi({
      description:
        'When the earning becomes payable. Without this field and without a charge, the earning is payable immediately',
    }),
    description: schemas.text(1000).optional(),
  })
  .refine((earning) => earning.charge === undefined || earning.availableOn === undefined, {
    path: ['availableOn'],
    error: 'must be absent with a charge, because the charge determines when its money is payable',
  })
  .openapi('NewEarning');

const Earning = z
  .object({
    id: z.string(),
    sellerId: z.string(),
    externalId: z.string().nullable(),
    amount: z.int(),
    currency: z.string(),
    charge: z.string().nullable(),
    availableOn: schemas.Instant.nullable().openapi({
      description:
        'When the earning becomes payable. Null until Stripe reports when the money of the charge becomes available',
    }),
    description: z.string().nullable(),
    allocated: z
      .int()
      .openapi({ description: 'How much of this earning is already in payouts, in minor units' }),
    held: z.int().openapi({
      description:
        'How much of this earning is held because its charge does not cover it, in minor units. The holds of the seller say why',
    }),
    createdAt: schemas.Instant,
  })
  .openapi('Earning');

const createEarning = defineRoute({
  method: 'post',
  path: '/v1/sellers/{sellerId}/earnings',
  command: 'create-earning',
  operationId: 'createEarning',
  summary: 'Create an earning',
  tags: ['Earnings'],
  request: { params: SellerParams, headers: schemas.CommandHeaders, body: body(NewEarningBody) },
  responses: {
    200: answer(Earning, 'The earning that already exists under this externalId'),
    201: answer(Earning, 'The new earning'),
  },
});

const BatchBody = z
  .strictObject({
    earnings: z
      .array(NewEarningBody)
      .min(1, 'must have at least one')
      .max(largestBatch, `must have at most ${largestBatch}`)
      .refine(haveOwnNames, 'must not contain the same externalId twice'),
  })
  .openapi('NewEarnings');

const Recorded = z
  .object({
    id: z.string(),
    externalId: z.string().nullable(),
    isNew: z
      .boolean()
      .openapi({ description: '`false` if the earning already existed under its externalId' }),
    held: z.int().openapi({
      description:
        'How much of this earning is held because its charge does not cover it, in minor units',
    }),
  })
  .openapi('RecordedEarning');

const createEarnings = defineRoute({
  method: 'post',
  path: '/v1/sellers/{sellerId}/earnings/batch',
  command: 'create-earnings',
  operationId: 'createEarnings',
  summary: 'Create many earnings, all of them or none',
  tags: ['Earnings'],
  request: { params: SellerParams, headers: schemas.CommandHeaders, body: body(BatchBody) },
  responses: {
    200: answer(z.object({ data: z.array(Recorded) }), 'The earnings, in the order of the request'),
  },
});

const getEarnings = defineRoute({
  method: 'get',
  path: '/v1/sellers/{sellerId}/earnings',
  operationId: 'listEarnings',
  summary: 'List the earnings of a seller, newest first',
  tags: ['Earnings'],
  request: {
    params: SellerParams,
    query: z.strictObject({ externalId: schemas.ExternalId.optional(), ...PageQuery }),
  },
  responses: { 200: answer(pageOf(Earning), 'A page of earnings') },
});

/**
 * Routes that record and list earnings, the money that the platform owes its sellers. A new earning
 * wakes its seller only if the seller has no payday pending or reaches a threshold.
 */
export function earningRoutes(deps: AppDeps) {
  const { db } = deps;
  return createRoutes()
    .openapi(createEarning, async (c) => {
      const { sellerId } = c.req.valid('param');
      const request = toEarning(c.req.valid('json'));
      const wake = wakingIfTold(deps);
      const done = await runCommand(c, wake, { kind: 'create-earning', request }, async (tx) => {
        const [recorded] = await create(tx, sellerId, [request], wake);
        if (!recorded) throw new Error('one earning was requested, but none was recorded');
        const { earning, isNew } = recorded;
        const status = isNew ? (201 as const) : (200 as const);
        return { status, body: earning, objectId: earning.id };
      });
      return c.json(done.body, done.status);
    })
    .openapi(createEarnings, async (c) => {
      const { sellerId } = c.req.valid('param');
      const request = c.req.valid('json').earnings.map(toEarning);
      const wake = wakingIfTold(deps);
      const done = await runCommand(c, wake, { kind: 'create-earnings', request }, async (tx) => {
        const pointerOf = (index: number) => `/earnings/${index}`;
        const recorded = await create(tx, sellerId, request, wake, pointerOf);
        const data = recorded.map(({ earning: { id, externalId, held }, isNew }) => {
          return { id, externalId, isNew, held };
        });
        return { status: 200 as const, body: { data }, objectId: sellerId };
      });
      return c.json(done.body, 200);
    })
    .openapi(getEarnings, async (c) => {
      const { id: sellerId } = await readSeller(db, c.req.valid('param').sellerId);
      const { cursor, limit, externalId } = c.req.valid('query');
      const after = afterOf(cursor, isEarningId);
      const rows = await listEarnings(db, { sellerId, externalId, limit, after });
      return c.json(
        toPage(rows, limit, (earning) => earning),
        200,
      );
    });
}

/**
 * Replaces `wakeSoon` so that wake-ups are delivered only if an earning wrote one. Most earnings
 * write none.
 */
function wakingIfTold({ db, wakeSoon }: AppDeps) {
  const wake = { db, told: false, wakeSoon: () => void (wake.told && wakeSoon()) };
  return wake;
}

async function create(
  tx: Tx,
  sellerId: SellerId,
  asked: readonly NewEarning[],
  wake: { told: boolean },
  pointerOf = (_index: number) => '',
) {
  const seller = await readOpenSeller(tx, sellerId);
  const { schedule } = seller;
  const charges = asked.flatMap(({ charge }) => charge ?? []);
  const paid = await findPaidCharges(tx, sellerId, charges);
  const hasThresholds = Object.keys(schedule.thresholds).length > 0;
  if (hasThresholds || paid.length > 0) await lockSeller(tx, sellerId);
  const recorded = await recordEarnings(tx, sellerId, asked).catch(refuseHugeSum);
  const errors = recorded.flatMap(({ earning, isNew }, index): BrokenRule[] => {
    const same = isNew || isSame(earning, asked[index]);
    const rule = `must not be the externalId of an earning with other details, ${earning.id}`;
    return same ? [] : [{ in: 'body', pointer: `${pointerOf(index)}/externalId`, rule }];
  });
  const [first] = errors;
  if (!first) {
    const brought = recorded.filter(({ isNew }) => isNew).map(({ earning }) => earning);
    wake.told = paysByItself(schedule) && (await wakeForPayday(tx, seller, brought));
    if (paid.length === 0) return recorded;
    await holdPaidByCharge(tx, sellerId, paid);
    wake.told = true;
    return rereadEarnings(tx, recorded);
  }
  throw new Problem('external-id-taken', `${first.pointer}: ${first.rule}`, { errors });
}

function toEarning(given: z.infer<typeof NewEarningBody>): NewEarning {
  return {
    externalId: given.externalId ?? null,
    amount: given.amount,
    currency: given.currency,
    charge: given.charge ?? null,
    availableOn: given.availableOn ? new Date(given.availableOn).toISOString() : null,
    description: given.description ?? null,
  };
}

function haveOwnNames(earnings: readonly { externalId?: string | undefined }[]): boolean {
  const names = earnings.flatMap(({ externalId }) => externalId ?? []);
  return new Set(names).size === names.length;
}

function isSame(standing: EarningRecord, asked: NewEarning | undefined): boolean {
  if (!asked) return false;
  // With a charge, the date becomes known later. Without a charge and a date, the earning is
  // payable from its creation.
  const date = asked.availableOn ?? standing.createdAt;
  return (
    standing.amount === asked.amount &&
    standing.currency === asked.currency &&
    standing.charge === asked.charge &&
    standing.description === asked.description &&
    (asked.charge !== null || standing.availableOn === date)
  );
}

/**
 * Refuses an amount that would make the seller's total too large for an exact JavaScript number.
 * Throws every other error again.
 */
function refuseHugeSum(error: unknown): never {
  const constraint = error instanceof Error && 'constraint' in error ? error.constraint : undefined;
  if (constraint !== 'sums_stay_whole_numbers') throw error;
  const rule = 'must not raise the seller’s total earnings above 9007199254740991';
  throw brokenRule('body', ['amount'], rule);
}
