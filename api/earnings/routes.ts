import { z } from '@hono/zod-openapi';
import type { Tx } from '../../db/connect.ts';
import {
  type NewEarning,
  recordEarnings,
  type RecordedEarning,
  rereadEarnings,
} from '../../db/earnings/rows.ts';
import { type EarningRecord, findEarning, listEarnings } from '../../db/earnings/views.ts';
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
import { lookAtCharges, recordSeen, type SeenCharges } from './charges.ts';
import {
  BatchBody,
  Earning,
  EarningDetails,
  EarningParams,
  NewEarningBody,
  Recorded,
} from './schemas.ts';

const charged =
  'Refused if Stripe does not have a charge, or if the charge failed. If Stripe cannot be asked, or if the request names more than 10 new charges, the earnings are recorded and the charges are read within minutes. An earning that was corrected or withdrawn is answered as it is now.';

const createEarning = defineRoute({
  method: 'post',
  path: '/v1/sellers/{sellerId}/earnings',
  command: 'create-earning',
  operationId: 'createEarning',
  summary: 'Create an earning',
  description: charged,
  tags: ['Earnings'],
  request: { params: SellerParams, headers: schemas.CommandHeaders, body: body(NewEarningBody) },
  responses: {
    200: answer(Earning, 'The earning that already exists under this externalId'),
    201: answer(Earning, 'The new earning'),
  },
});

const createEarnings = defineRoute({
  method: 'post',
  path: '/v1/sellers/{sellerId}/earnings/batch',
  command: 'create-earnings',
  operationId: 'createEarnings',
  summary: 'Create many earnings, all of them or none',
  description: charged,
  tags: ['Earnings'],
  request: { params: SellerParams, headers: schemas.CommandHeaders, body: body(BatchBody) },
  responses: {
    200: answer(z.object({ data: z.array(Recorded) }), 'The earnings, in the order of the request'),
  },
});

const getEarning = defineRoute({
  method: 'get',
  path: '/v1/earnings/{earningId}',
  operationId: 'getEarning',
  summary: 'Get an earning',
  description: 'The answer names the payouts that contain the earning, and who changed it and why.',
  tags: ['Earnings'],
  request: { params: EarningParams },
  responses: { 200: answer(EarningDetails, 'The earning') },
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
  responses: { 200: answer(pageOf(EarningDetails), 'A page of earnings') },
});

/**
 * Routes that record, read and list earnings, the money that the platform owes its sellers. A new
 * earning wakes its seller only if the seller has no payday pending or reaches a threshold.
 */
export function earningRoutes(deps: AppDeps) {
  const { db } = deps;
  return createRoutes()
    .openapi(createEarning, async (c) => {
      const { sellerId } = c.req.valid('param');
      const request = toEarning(c.req.valid('json'));
      const wake = wakingIfTold(deps);
      const door = doorOf(deps, sellerId, [request]);
      const asked = { kind: 'create-earning' as const, request, look: door.look };
      const done = await runCommand(c, wake, asked, async (tx, seen) => {
        const [recorded] = await create(tx, sellerId, [request], wake);
        if (!recorded) throw new Error('one earning was requested, but none was recorded');
        const { earning, isNew } = recorded;
        door.made([recorded], seen);
        const status = isNew ? (201 as const) : (200 as const);
        return { status, body: earning, objectId: earning.id };
      });
      await door.finish();
      return c.json(done.body, done.status);
    })
    .openapi(createEarnings, async (c) => {
      const { sellerId } = c.req.valid('param');
      const request = c.req.valid('json').earnings.map(toEarning);
      const wake = wakingIfTold(deps);
      const pointerOf = (index: number) => `/earnings/${index}`;
      const door = doorOf(deps, sellerId, request, pointerOf);
      const asked = { kind: 'create-earnings' as const, request, look: door.look };
      const done = await runCommand(c, wake, asked, async (tx, seen) => {
        const recorded = await create(tx, sellerId, request, wake, pointerOf);
        const data = recorded.map(({ earning, isNew }) => {
          const { id, externalId, withdrawnAt, held } = earning;
          return { id, externalId, isNew, withdrawnAt, held };
        });
        door.made(recorded, seen);
        return { status: 200 as const, body: { data }, objectId: sellerId };
      });
      await door.finish();
      return c.json(done.body, 200);
    })
    .openapi(getEarning, async (c) => {
      const earning = await findEarning(db, c.req.valid('param').earningId);
      if (!earning) throw new Problem('unknown-earning', 'No earning has this id');
      return c.json(earning, 200);
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

/** The look at the charges of a request, and the record of what was seen once it is committed. */
function doorOf(
  deps: AppDeps,
  sellerId: SellerId,
  asked: readonly NewEarning[],
  pointerOf = (_index: number) => '',
) {
  const named = asked.flatMap(({ charge }, index) =>
    charge === null ? [] : [{ charge, pointer: `${pointerOf(index)}/charge` }],
  );
  let finish = async () => {};
  return {
    look: () => lookAtCharges(deps, sellerId, named),
    made: (recorded: readonly RecordedEarning[], seen: SeenCharges = new Map()) => {
      const fresh = recorded.filter(({ isNew }) => isNew).map(({ earning }) => earning);
      finish = () => recordSeen(deps, fresh, seen);
    },
    finish: () => finish(),
  };
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
  const errors = recorded.flatMap(({ earning, isNew, posted }, index): BrokenRule[] => {
    const same = isNew || isSame({ ...earning, posted }, asked[index]);
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

/** True for the details with which the earning was posted, or which it has now. */
function isSame(
  standing: EarningRecord & Pick<RecordedEarning, 'posted'>,
  asked: NewEarning | undefined,
): boolean {
  if (!asked) return false;
  const isPosted = [standing, standing.posted].some(({ amount, charge }) => {
    return amount === asked.amount && charge === asked.charge;
  });
  // With a charge, the date becomes known later. Without a charge and a date, the earning is
  // payable from its creation.
  const date = asked.availableOn ?? standing.createdAt;
  const hasDate = asked.charge === null && standing.charge === null;
  return (
    isPosted &&
    standing.currency === asked.currency &&
    standing.description === asked.description &&
    (!hasDate || standing.availableOn === date)
  );
}

/**
 * Refuses an amount that would make the seller's total too large for an exact JavaScript number.
 * Throws every other error again.
 */
export function refuseHugeSum(error: unknown): never {
  const constraint = error instanceof Error && 'constraint' in error ? error.constraint : undefined;
  if (constraint !== 'sums_stay_whole_numbers') throw error;
  const rule = 'must not raise the seller’s total earnings above 9007199254740991';
  throw brokenRule('body', ['amount'], rule);
}
