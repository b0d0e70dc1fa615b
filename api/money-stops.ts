import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Db, Tx } from '../db/connect.ts';
import { liftStop, lockStop, stopMoney } from '../db/money-stops/orders.ts';
import { findStop, listLiftedStops, readOperations } from '../db/money-stops/rows.ts';
import { listAdoptions } from '../db/recovery/adoptions.ts';
import { takeRightOver } from '../db/recovery/right-to-send.ts';
import { planLift } from '../domain/commands/lifts.ts';
import { type ApiKeyId, isMoneyStopId, type MoneyStopId } from '../domain/ids.ts';
import {
  mayResumeMoney,
  type MoneyStop,
  sayOperations,
  sayStops,
  sayWhoStopped,
  stopCauses,
} from '../domain/money-stops.ts';
import { runCommand } from './http/commands.ts';
import { type AppDeps, type AppEnv, createRoutes } from './http/context.ts';
import { Problem } from './http/problems.ts';
import { defineRoute } from './http/define-route.ts';
import { mostEntries } from './http/pages.ts';
import { answer, body, CommandHeaders, Instant, text } from './http/schemas.ts';
import { NotStopped, showNotStopped } from './payouts/not-stopped.ts';

const fields = {
  id: z.string(),
  cause: z.enum(stopCauses).openapi({
    description:
      '`operator`: somebody stopped money with `stop-money`. `unknown-at-stripe`: Stripe has transfers or payouts of the engine that this database does not know. `right-to-send-lost`: another engine may pay from this Stripe account',
  }),
  reason: z.string(),
  stoppedBy: z.string().openapi({ description: 'The id of an API key, or `engine`' }),
  stoppedByName: z.string().openapi({ description: 'The name of the API key, or `engine`' }),
  stoppedAt: Instant,
  confirmedAt: Instant.openapi({
    description: 'When the same stop was ordered, or its cause found, for the last time',
  }),
};
const OpenStop = z
  .object({ ...fields, ask: z.string().openapi({ description: 'Who must be asked first' }) })
  .openapi('MoneyStop');
const LiftedStop = z
  .object({
    ...fields,
    liftedAt: Instant,
    liftedBy: z.string(),
    liftedByName: z.string(),
    liftReason: z.string(),
  })
  .openapi('LiftedMoneyStop');

const shown = {
  moneyStopped: z.boolean().openapi({ description: 'True while at least one stop is open' }),
  explanation: z.string(),
  stops: z.array(OpenStop).openapi({
    description: `The open stops, the oldest ${mostEntries} first. GET /v1/attention?kind=stop lists all of them`,
  }),
};
const Operations = z
  .object({
    ...shown,
    lifted: z.array(LiftedStop).openapi({ description: 'The stops that were lifted last' }),
  })
  .openapi('Operations', {
    description:
      'The stops of all money. The engine looks for an open stop before each request that moves money',
  });
const Stopped = z
  .object({
    ...shown,
    stopId: z.string().openapi({ description: 'The stop of this request' }),
    notStopped: NotStopped,
  })
  .openapi('StoppedMoney');
const Resumed = z
  .object({
    ...shown,
    liftedStopId: z
      .string()
      .nullable()
      .openapi({ description: 'The stop that this request lifted. Null if none was open' }),
  })
  .openapi('ResumedMoney');

const readRoute = defineRoute({
  method: 'get',
  path: '/v1/operations',
  summary: 'List the stops of all money',
  tags: ['Operations'],
  responses: { 200: answer(Operations, 'The stops') },
});

const stopRoute = defineRoute({
  method: 'post',
  path: '/v1/operations/stop-money',
  command: 'stop-money',
  summary: 'Stop all requests that move money',
  description:
    'Opens a stop with this reason, beside any other open stop. Requests that are running, or that already have a slot within Stripe’s limits, are completed; `notStopped` names their payouts. No other request that moves money is sent while any stop is open. The same reason under the same API key is the same stop.',
  tags: ['Operations'],
  request: {
    headers: CommandHeaders,
    body: body(z.strictObject({ reason: text(500) }).openapi('StopReason')),
  },
  responses: { 200: answer(Stopped, 'The open stops') },
});

const Lift = z
  .strictObject({
    reason: text(500),
    stopId: z
      .custom<MoneyStopId>(
        (id) => typeof id === 'string' && isMoneyStopId(id),
        'must be the id of a stop',
      )
      .optional()
      .openapi({
        type: 'string',
        example: 'stop_0123456789abcdefghjk',
        description:
          'The stop to lift. May be absent only if a single stop is open and this API key ordered it',
      }),
  })
  .openapi('LiftStop');

const resumeRoute = defineRoute({
  method: 'post',
  path: '/v1/operations/resume-money',
  command: 'resume-money',
  summary: 'Lift one stop of all money',
  description:
    'Lifts the named stop and no other. When the last stop is lifted, everything that waits continues immediately. First ask whoever stopped money. To lift a stop with the cause `right-to-send-lost` takes the right to send over from the other engine: first stop that engine, or both may pay the same sellers. A stop with the cause `unknown-at-stripe` stays until /v1/recovery lists nothing.',
  tags: ['Operations'],
  request: { headers: CommandHeaders, body: body(Lift) },
  responses: { 200: answer(Resumed, 'The stops that are still open') },
});

/** Routes that list the stops of all money, stop all money, and lift one stop. */
export function moneyStopRoutes(deps: AppDeps): OpenAPIHono<AppEnv> {
  return createRoutes()
    .openapi(readRoute, async (c) => {
      const lifted = await listLiftedStops(deps.db, mostLifted);
      return c.json({ ...(await show(deps.db)), lifted }, 200);
    })
    .openapi(stopRoute, async (c) => {
      const request = c.req.valid('json');
      const by = c.get('caller').id;
      const done = await runCommand(c, deps, { kind: 'stop-money', request }, async (tx) => {
        const stopId = await stopMoney(tx, { cause: 'operator', by, ...request });
        const notStopped = await showNotStopped(tx, { sellerId: null, currency: null });
        const body = { ...(await show(tx)), stopId, notStopped };
        return { status: 200, body, objectId: stopId };
      });
      return c.json(done.body, 200);
    })
    .openapi(resumeRoute, async (c) => {
      const request = c.req.valid('json');
      const by = c.get('caller').id;
      const done = await runCommand(c, deps, { kind: 'resume-money', request }, async (tx) => {
        const liftedStopId = await lift(tx, { ...request, by });
        const body = { ...(await show(tx)), liftedStopId };
        return { status: 200, body, objectId: liftedStopId ?? 'operations' };
      });
      return c.json(done.body, 200);
    });
}

const mostLifted = 20;

async function show(db: Db) {
  const operations = await readOperations(db);
  return {
    moneyStopped: operations.moneyStopped,
    explanation: sayOperations(operations),
    stops: showStops(operations.stops),
  };
}

type Lifting = z.infer<typeof Lift> & { by: ApiKeyId };

/** Lifts what `planLift` decides. Returns the id of the lifted stop, or null if none was open. */
async function lift(tx: Tx, order: Lifting): Promise<MoneyStopId | null> {
  const { stops: open } = await readOperations(tx);
  const plan = planLift(open, { id: order.stopId, by: order.by });
  switch (plan.kind) {
    case 'nothing-to-lift':
      return null;
    case 'refuse':
      if (plan.why === 'not-named') throw notNamed(open);
      throw await notOpen(tx, order.stopId);
    case 'lift': {
      const { id, cause } = plan.lifted;
      if (cause === 'right-to-send-lost') await takeRightOver(tx);
      if (!(await lockStop(tx, id))) throw await notOpen(tx, id);
      if (cause === 'unknown-at-stripe') await refuseWhileToAdopt(tx);
      await liftStop(tx, { id, by: order.by, reason: order.reason });
      return id;
    }
  }
}

function showStops(open: readonly MoneyStop[]) {
  return open.slice(0, mostEntries).map((stop) => ({ ...stop, ask: sayWhoStopped(stop) }));
}

function notNamed(open: readonly MoneyStop[]): Problem {
  return new Problem(
    'money-stop-not-named',
    `Nothing was lifted. Name the stop to lift with \`stopId\`, after you have asked whoever stopped money. Open: ${sayStops(open.slice(0, mostEntries))}`,
    { stops: showStops(open) },
  );
}

async function notOpen(tx: Tx, id: MoneyStopId | undefined): Promise<Problem> {
  const stop = id && (await findStop(tx, id));
  if (!stop) return new Problem('unknown-money-stop', 'No stop of all money has this id');
  return new Problem(
    'money-stop-lifted',
    'This stop was lifted before, and this request changed nothing. GET /v1/operations lists the open stops',
  );
}

/**
 * Refuses to lift the stop while `mayResumeMoney` forbids it. The lock on the stop makes a
 * comparison that finds more unknown money wait, and the comparison then stops money again.
 */
async function refuseWhileToAdopt(tx: Tx): Promise<void> {
  const open = await listAdoptions(tx);
  if (mayResumeMoney({ toAdopt: open.length })) return;
  throw new Problem(
    'recovery-open',
    `First adopt or dismiss the ${open.length} objects that /v1/recovery lists`,
  );
}
