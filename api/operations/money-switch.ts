import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Tx } from '../../db/connect.ts';
import {
  lockMoneySwitch,
  readOperations,
  recordMoneySwitch,
} from '../../db/operations/money-switch.ts';
import { listAdoptions } from '../../db/recovery/adoptions.ts';
import { runCommand } from '../http/commands.ts';
import { type AppDeps, type AppEnv, createRoutes } from '../http/context.ts';
import { Problem } from '../http/problems.ts';
import { defineRoute } from '../http/routes.ts';
import { answer, body, CommandHeaders, Instant, text } from '../http/schemas.ts';

const Operations = z
  .object({
    moneyStopped: z.boolean(),
    reason: z.string().nullable(),
    changedBy: z.string().nullable().openapi({ description: 'The API key that moved the switch' }),
    changedAt: Instant,
  })
  .openapi('Operations', {
    description: 'The switch that every request that moves money looks at first',
  });

const Reason = z.strictObject({ reason: text(500) }).openapi('SwitchReason');
const responses = { 200: answer(Operations, 'The switch as it stands') };
const request = { headers: CommandHeaders, body: body(Reason) };

const readRoute = defineRoute({
  method: 'get',
  path: '/v1/operations',
  summary: 'Read whether money may move',
  tags: ['Operations'],
  responses,
});

const stopRoute = defineRoute({
  method: 'post',
  path: '/v1/operations/stop-money',
  summary: 'Stop every request that moves money',
  description:
    'A request that is under way, or has its slot of Stripe’s limits already, ends; nothing else is sent until money is resumed.',
  tags: ['Operations'],
  request,
  responses,
});

const resumeRoute = defineRoute({
  method: 'post',
  path: '/v1/operations/resume-money',
  summary: 'Let money move again',
  description: 'What waited for this goes on at once.',
  tags: ['Operations'],
  request,
  responses,
});

/** The kill switch. */
export function operationsRoutes(deps: AppDeps): OpenAPIHono<AppEnv> {
  const routes = createRoutes();
  routes.openapi(readRoute, async (c) => c.json(await readOperations(deps.db), 200));
  routes.openapi(stopRoute, async (c) => {
    return c.json(await moveSwitch(c, deps, { stopped: true, ...c.req.valid('json') }), 200);
  });
  routes.openapi(resumeRoute, async (c) => {
    return c.json(await moveSwitch(c, deps, { stopped: false, ...c.req.valid('json') }), 200);
  });
  return routes;
}

async function moveSwitch(
  c: Context<AppEnv>,
  deps: AppDeps,
  { stopped, reason }: { stopped: boolean; reason: string },
) {
  const kind = stopped ? 'stop-money' : 'resume-money';
  const changedBy = c.get('caller').id;
  const { body } = await runCommand(c, deps, { kind, request: { reason } }, async (tx) => {
    if (!stopped) await refuseWhileToAdopt(tx);
    return {
      status: 200,
      body: await recordMoneySwitch(tx, { stopped, reason, changedBy }),
      objectId: 'operations',
    };
  });
  return body;
}

/**
 * Money that left unknown to this database would be paid a second time. Whoever finds more of it
 * waits for the switch and then stops money again.
 */
async function refuseWhileToAdopt(tx: Tx): Promise<void> {
  await lockMoneySwitch(tx);
  const open = await listAdoptions(tx);
  if (open.length === 0) return;
  throw new Problem('recovery-open', `${open.length} to adopt or dismiss first: see /v1/recovery`);
}
