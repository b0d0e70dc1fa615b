import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Tx } from '../../db/connect.ts';
import {
  lockMoneySwitch,
  readOperations,
  recordMoneySwitch,
} from '../../db/operations/money-switch.ts';
import { listAdoptions } from '../../db/recovery/adoptions.ts';
import { takeRightOver } from '../../db/recovery/right-to-send.ts';
import { mayResumeMoney } from '../../domain/payouts/adoption.ts';
import { runCommand } from '../http/commands.ts';
import { type AppDeps, type AppEnv, createRoutes } from '../http/context.ts';
import { Problem } from '../http/problems.ts';
import { defineRoute } from '../http/define-route.ts';
import { answer, body, CommandHeaders, Instant, text } from '../http/schemas.ts';

const Operations = z
  .object({
    moneyStopped: z.boolean(),
    reason: z.string().nullable(),
    changedBy: z
      .string()
      .nullable()
      .openapi({ description: 'The API key that changed the switch' }),
    changedAt: Instant,
  })
  .openapi('Operations', {
    description: 'The money switch. The engine checks it before each request that moves money',
  });

const Reason = z.strictObject({ reason: text(500) }).openapi('SwitchReason');
const responses = { 200: answer(Operations, 'The switch') };
const request = { headers: CommandHeaders, body: body(Reason) };

const readRoute = defineRoute({
  method: 'get',
  path: '/v1/operations',
  summary: 'Get the money switch',
  tags: ['Operations'],
  responses,
});

const stopRoute = defineRoute({
  method: 'post',
  path: '/v1/operations/stop-money',
  summary: 'Stop all requests that move money',
  description:
    'Requests that are running, or that already have a slot within Stripe’s limits, are completed. No other request that moves money is sent until money is resumed.',
  tags: ['Operations'],
  request,
  responses,
});

const resumeRoute = defineRoute({
  method: 'post',
  path: '/v1/operations/resume-money',
  summary: 'Resume requests that move money',
  description:
    'Everything that waits for the switch continues immediately. If money stopped because another engine took the right to send, this request takes the right over from it: first stop the other engine, or both may pay the same sellers.',
  tags: ['Operations'],
  request,
  responses,
});

/** Routes that read the money switch, stop all money, and resume it. */
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
    if (!stopped) {
      await takeRightOver(tx);
      await refuseWhileToAdopt(tx);
    }
    return {
      status: 200,
      body: await recordMoneySwitch(tx, { stopped, reason, changedBy }),
      objectId: 'operations',
    };
  });
  return body;
}

/**
 * Refuses to resume while `mayResumeMoney` forbids it. The lock makes a comparison that finds more
 * unknown money wait, and the comparison then stops money again.
 */
async function refuseWhileToAdopt(tx: Tx): Promise<void> {
  await lockMoneySwitch(tx);
  const open = await listAdoptions(tx);
  if (mayResumeMoney({ toAdopt: open.length })) return;
  throw new Problem(
    'recovery-open',
    `First adopt or dismiss the ${open.length} objects that /v1/recovery lists`,
  );
}
