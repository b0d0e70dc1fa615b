import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi';
import { type Backlog, readBacklog } from '../../db/operations/backlog.ts';
import { stopCauses } from '../../domain/money-stops.ts';
import { type AppDeps, type AppEnv, createRoutes } from '../http/context.ts';
import { answer, Instant } from '../http/schemas.ts';

const Part = z.enum(['up', 'down']);
const Readiness = z
  .object({
    ready: z.boolean(),
    parts: z.object({ database: Part, temporal: Part }),
    workers: z.int().optional().openapi({
      description:
        'The number of workers that asked for work within the last two minutes. Without a worker, no money moves',
    }),
    moneyStopped: z.boolean().optional(),
    /** The open stops. Their reasons need an API key: see /v1/operations. */
    moneyStops: z
      .array(z.object({ id: z.string(), cause: z.enum(stopCauses), since: Instant }))
      .optional(),
    oldestWakeUpSeconds: z.int().nullable().optional(),
    parkedPayouts: z.int().optional(),
    parkedSellers: z.int().optional(),
    /**
     * Transfers and payouts that Stripe has and this database lost. Money stays stopped until each
     * of them is adopted or dismissed.
     */
    toAdopt: z.int().optional(),
    openDiscrepancies: z.int().optional(),
    /** Faults in the settings or services around the engine. */
    failedChecks: z.array(z.object({ name: z.string(), remedy: z.string() })).optional(),
  })
  .openapi('Readiness');

const readyRoute = createRoute({
  method: 'get',
  path: '/ready',
  summary: 'Check whether the engine is ready',
  description:
    'The engine is ready if the database and Temporal answer. The answer also shows missing workers, stopped money, parked payouts, old wake-ups and failed checks, but they do not make the engine unready.',
  tags: ['Operations'],
  security: [],
  responses: {
    200: answer(Readiness, 'The database and Temporal answer'),
    503: answer(Readiness, 'A part with the state `down` does not answer'),
  },
});

const healthRoute = createRoute({
  method: 'get',
  path: '/health',
  summary: 'Check whether the process is alive',
  tags: ['Operations'],
  security: [],
  responses: { 200: answer(z.object({ alive: z.literal(true) }), 'The process is alive') },
});

/** Routes for supervisors (`/health`) and load balancers (`/ready`). They need no API key. */
export function healthRoutes(deps: AppDeps): OpenAPIHono<AppEnv> {
  const routes = createRoutes();
  routes.openapi(healthRoute, (c) => c.json({ alive: true as const }, 200));
  routes.openapi(readyRoute, async (c) => {
    const [backlog, workers] = await Promise.all([backlogOf(deps), deps.countWorkers()]);
    const ready = backlog !== undefined && workers !== undefined;
    const parts = {
      database: state(backlog !== undefined),
      temporal: state(workers !== undefined),
    };
    return c.json({ ready, parts, workers, ...backlog }, ready ? 200 : 503);
  });
  return routes;
}

const answerWithinMs = 2000;

async function backlogOf({ db }: AppDeps): Promise<Backlog | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), answerWithinMs);
  });
  const reading = readBacklog(db).catch(() => undefined);
  return Promise.race([reading, late]).finally(() => clearTimeout(timer));
}

function state(isUp: boolean): 'up' | 'down' {
  return isUp ? 'up' : 'down';
}
