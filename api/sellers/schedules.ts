import { z } from '@hono/zod-openapi';
import { paydaysAround } from '../../activities/paydays/calendar.ts';
import type { Tx } from '../../db/connect.ts';
import { readPreviewFacts } from '../../db/explanations/facts.ts';
import { lockSellerAlone } from '../../db/locks.ts';
import { readClock } from '../../db/operations/clock.ts';
import { updateSeller } from '../../db/sellers/rows.ts';
import type { SellerRecord } from '../../domain/explanations/facts.ts';
import type { SellerId } from '../../domain/ids.ts';
import { comingPayday, forecastsOf, toPaydayMoney } from '../../domain/paydays/coming.ts';
import { cutOffOf, paysByItself } from '../../domain/paydays/schedule.ts';
import { runCommand } from '../http/commands.ts';
import { type AppDeps, createRoutes } from '../http/context.ts';
import { readSeller } from '../http/found.ts';
import { Problem } from '../http/problems.ts';
import { defineRoute } from '../http/define-route.ts';
import * as schemas from '../http/schemas.ts';
import { answer, body, SellerParams } from '../http/schemas.ts';
import { GivenSchedule, Payday, PaydayMoney, Schedule } from '../paydays/schemas.ts';
import { changeSchedule } from './change-schedule.ts';
import { SellerDetails, toDetails } from './routes.ts';

const SellerChange = z
  .strictObject({
    externalId: schemas.ExternalId.optional().openapi({
      description:
        'The platform’s own id for the seller. A repeated creation with the earlier id creates another seller',
    }),
    displayName: schemas.text(255).nullable().optional(),
    metadata: schemas.Metadata.optional().openapi({ description: 'Replaces the whole field' }),
    schedule: GivenSchedule.optional().openapi({ description: 'Replaces the whole field' }),
  })
  .refine((change) => Object.keys(change).length > 0, 'must change something')
  .openapi('SellerChange');

const updateRoute = defineRoute({
  method: 'patch',
  path: '/v1/sellers/{sellerId}',
  command: 'update-seller',
  operationId: 'updateSeller',
  summary: 'Update a seller',
  description:
    'Payouts that have started continue. A new schedule changes the next payday immediately.',
  tags: ['Sellers'],
  request: { params: SellerParams, headers: schemas.CommandHeaders, body: body(SellerChange) },
  responses: { 200: answer(SellerDetails, 'The seller after the command') },
});

const common = {
  schedule: Schedule,
  nextPayoutAt: schemas.Instant.nullable().openapi({
    description:
      'The first payday that was not opened yet. If it is in the past, the latest payday that has passed is opened as soon as the seller is active and not paused',
  }),
  next: z.array(Payday).openapi({ description: 'The next paydays' }),
};

const getSchedule = defineRoute({
  method: 'get',
  path: '/v1/sellers/{sellerId}/schedule',
  operationId: 'getSchedule',
  summary: 'Get the payout schedule of a seller',
  tags: ['Sellers'],
  request: { params: SellerParams },
  responses: { 200: answer(z.object(common), 'The schedule') },
});

const Preview = z
  .object({
    ...common,
    now: z.array(PaydayMoney).openapi({ description: 'What a payday right now would pay' }),
    expected: z.array(PaydayMoney).openapi({
      description:
        'What the next payday will pay from the money that is already earned. This payday may be in the past and not opened yet',
    }),
  })
  .openapi('SchedulePreview');

const previewRoute = defineRoute({
  method: 'get',
  path: '/v1/sellers/{sellerId}/schedule/preview',
  operationId: 'previewSchedule',
  summary: 'Preview the next paydays of a seller',
  description: 'The amounts contain only money that is already earned.',
  tags: ['Sellers'],
  request: { params: SellerParams },
  responses: { 200: answer(Preview, 'The preview') },
});

/** How many future paydays an answer contains. */
const shown = 12;

/** Routes that change, read and preview a seller's schedule. */
export function scheduleRoutes(deps: AppDeps) {
  const { db } = deps;
  return createRoutes()
    .openapi(updateRoute, async (c) => {
      const { sellerId } = c.req.valid('param');
      const request = c.req.valid('json');
      const isBrake = request.schedule !== undefined && !paysByItself(request.schedule);
      const asked = { kind: 'update-seller' as const, request, isBrake };
      // Only the schedule is the brake: a name that was changed since stays as it is.
      const done = await runCommand(c, deps, asked, (tx, _seen, isAgain) =>
        change(tx, sellerId, isAgain ? { schedule: request.schedule } : request),
      );
      return c.json(done.body, 200);
    })
    .openapi(getSchedule, async (c) => {
      const seller = await readSeller(db, c.req.valid('param').sellerId);
      return c.json(scheduleOf(seller, (await readClock(db)).now), 200);
    })
    .openapi(previewRoute, async (c) => {
      const facts = await readPreviewFacts(db, c.req.valid('param').sellerId, paydaysAround);
      if (!facts) throw new Problem('unknown-seller', 'No seller has this id');
      const { seller, now, fundsNow } = facts;
      const body = {
        ...scheduleOf(seller, now),
        now: forecastsOf(facts, fundsNow, now).map(toPaydayMoney),
        expected: (comingPayday(facts)?.forecasts ?? []).map(toPaydayMoney),
      };
      return c.json(body, 200);
    });
}

async function change(tx: Tx, sellerId: SellerId, asked: z.infer<typeof SellerChange>) {
  await lockSellerAlone(tx, sellerId);
  const seller = await readSeller(tx, sellerId);
  if (seller.status === 'closed')
    throw new Problem('seller-closed', 'A closed seller cannot be changed. Reopen it first');
  await updateSeller(tx, sellerId, asked).catch(refuseTaken);
  if (asked.schedule) await changeSchedule(tx, seller, asked.schedule);
  const body = await toDetails(tx, await readSeller(tx, sellerId));
  return { status: 200 as const, body, objectId: sellerId };
}

/** Refuses the externalId of another seller. Throws every other error again. */
function refuseTaken(error: unknown): never {
  const constraint = error instanceof Error && 'constraint' in error ? error.constraint : undefined;
  if (constraint !== 'sellers_external_id_key') throw error;
  throw new Problem('external-id-taken', 'Another seller has this externalId. Nothing was changed');
}

function scheduleOf(seller: SellerRecord, now: string) {
  const { schedule, nextPayoutAt } = seller;
  const { upcoming } = paydaysAround(seller, { now, count: shown });
  const next = upcoming.map((at) => ({ at, cutOffAt: cutOffOf(schedule, at) }));
  return { schedule, nextPayoutAt, next };
}
