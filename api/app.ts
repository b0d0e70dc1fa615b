import type { OpenAPIHono } from '@hono/zod-openapi';
import { accountRoutes } from './accounts.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { attentionRoutes } from './attention.ts';
import { attentionListRoutes } from './attention-lists.ts';
import { authenticate } from './authenticate.ts';
import { readBody } from './bodies.ts';
import { clockRoutes } from './clock.ts';
import { createRoutes, type AppDeps, type AppEnv } from './context.ts';
import { earningRoutes } from './earnings.ts';
import { discrepancyRoutes } from './discrepancies.ts';
import { docsRoutes } from './docs.ts';
import { eventRoutes } from './events.ts';
import { explanationRoutes } from './explanations.ts';
import { entryRoutes } from './entries.ts';
import { fundingRoutes } from './funding.ts';
import { holdPreviewRoutes } from './hold-previews.ts';
import { holdRoutes } from './holds.ts';
import { healthRoutes } from './health.ts';
import { describe } from './openapi.ts';
import { operationsRoutes } from './operations.ts';
import { payoutCancelRoutes } from './payout-cancel.ts';
import { parkedSellerRoutes } from './parked-sellers.ts';
import { payoutCommandRoutes } from './payout-commands.ts';
import { payoutRoutes } from './payouts.ts';
import { Problem, problemResponse } from './problems.ts';
import { refuseStrayQueries } from './queries.ts';
import { toProblem } from './refusals.ts';
import { allowedMethods, faultLine, identifyRequest, limitBody, sayRequest } from './requests.ts';
import { recoveryRoutes } from './recovery.ts';
import { scheduleRoutes } from './schedules.ts';
import { sellerOrderRoutes } from './seller-orders.ts';
import { sellerLinkRoutes } from './seller-links.ts';
import { sellerRoutes } from './sellers.ts';
import { webhookRoutes } from './webhooks.ts';

/** Bytes of a body; a seller with every field filled is under 10 kB. */
const largestBody = 1024 * 1024;

/** The HTTP API as a function from a request to an answer; it listens nowhere by itself. */
export function createApp(deps: AppDeps): OpenAPIHono<AppEnv> {
  const app = createRoutes();
  app.use(identifyRequest, sayRequest(deps.log));
  app.use(limitBody(largestBody));
  app.use('/v1/*', authenticate(deps.db), refuseStrayQueries(app), readBody);

  for (const routes of resources(deps)) app.route('/', routes);
  app.route('/', docsRoutes());
  describe(app);

  const methodsAt = allowedMethods(app);
  app.notFound((c) => {
    const allowed = methodsAt(c.req.path);
    throw allowed.length > 0
      ? new Problem('method-not-allowed', `This path takes ${allowed.join(', ')}`, {
          headers: { allow: allowed.join(', ') },
        })
      : new Problem('unknown-path', 'There is nothing here; see /openapi.json');
  });
  app.onError((error, c) => {
    const requestId = c.get('requestId');
    const problem = toProblem(error);
    if (problem.kind === 'internal') deps.log(faultLine(error, requestId));
    return problemResponse(problem, { requestId, path: c.req.path });
  });
  return app;
}

/** Every set of routes, mounted in this order. Whatever lies under /v1 needs an API key. */
function resources(deps: AppDeps): OpenAPIHono<AppEnv>[] {
  return [
    sellerRoutes(deps),
    recoveryRoutes(deps),
    scheduleRoutes(deps),
    accountRoutes(deps),
    entryRoutes(deps),
    sellerOrderRoutes(deps),
    holdRoutes(deps),
    holdPreviewRoutes(deps),
    sellerLinkRoutes(deps),
    parkedSellerRoutes(deps),
    earningRoutes(deps),
    payoutRoutes(deps),
    payoutCommandRoutes(deps),
    payoutCancelRoutes(deps),
    webhookRoutes(deps),
    clockRoutes(deps),
    eventRoutes(deps),
    explanationRoutes(deps),
    attentionRoutes(deps),
    attentionListRoutes(deps),
    discrepancyRoutes(deps),
    fundingRoutes(deps),
    operationsRoutes(deps),
    apiKeyRoutes(deps),
    healthRoutes(deps),
  ];
}
