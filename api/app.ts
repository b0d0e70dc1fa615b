import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { accountRoutes } from './accounts/bank-accounts.ts';
import { sellerLinkRoutes } from './accounts/links.ts';
import { apiKeyRoutes } from './api-keys.ts';
import { attentionListRoutes } from './attention/bulk-lists.ts';
import { attentionRoutes } from './attention/routes.ts';
import { describe } from './docs/openapi.ts';
import { docsRoutes } from './docs/routes.ts';
import { earningCommandRoutes } from './earnings/commands.ts';
import { earningRoutes } from './earnings/routes.ts';
import { eventRoutes } from './events.ts';
import { holdPreviewRoutes } from './explanations/hold-previews.ts';
import { explanationRoutes } from './explanations/routes.ts';
import { fundingRoutes } from './funding.ts';
import { holdRoutes } from './holds.ts';
import { authenticate } from './http/authenticate.ts';
import { readBody } from './http/bodies.ts';
import { type AppDeps, type AppEnv, createRoutes } from './http/context.ts';
import {
  faultLine,
  identifyRequest,
  limitBody,
  refuseMalformedQuery,
  sayRequest,
} from './http/middleware.ts';
import { Problem, problemResponse } from './http/problems.ts';
import { toProblem } from './http/validation.ts';
import { entryRoutes } from './ledger/entries.ts';
import { moneyStopRoutes } from './money-stops.ts';
import { clockRoutes } from './operations/clock.ts';
import { healthRoutes } from './operations/health.ts';
import { payoutCancelRoutes, payoutCommandRoutes } from './payouts/commands.ts';
import { leaveWithSellerRoutes } from './payouts/leave-with-seller.ts';
import { paidElsewhereRoutes } from './payouts/paid-elsewhere.ts';
import { payoutRoutes } from './payouts/routes.ts';
import { discrepancyRoutes } from './reconciliation/discrepancies.ts';
import { recoveryRoutes } from './recovery/adoptions.ts';
import { startRoutes } from './recovery/starts.ts';
import { routingRoutes } from './routing.ts';
import { sellerCommandRoutes } from './sellers/commands.ts';
import { sellerPauseRoutes } from './sellers/pauses.ts';
import { parkedSellerRoutes } from './sellers/parked.ts';
import { sellerRoutes } from './sellers/routes.ts';
import { dryRunRoutes } from './paydays/dry-run.ts';
import { scheduleRoutes } from './sellers/schedules.ts';
import { webhookRoutes } from './stripe-events/webhooks.ts';

/** The largest body in bytes. A seller with every field set needs less than 10 kB. */
const largestBody = 1024 * 1024;

/** Creates the HTTP API as a function from a request to an answer, without a port. */
export function createApp(deps: AppDeps): OpenAPIHono<AppEnv> {
  const app = createRoutes();
  app.use(identifyRequest, sayRequest(deps.log));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: refuseMethod }));
  app.use(limitBody(largestBody));
  app.use('/v1/*', authenticate(deps.db), refuseMalformedQuery, readBody);

  for (const routes of resources(deps)) app.route('/', routes);
  app.route('/', docsRoutes());
  describe(app);

  // This problem is returned, not thrown: `methodNotAllowed` ignores requests with an error.
  app.notFound((c) => {
    const problem = new Problem('unknown-path', 'Nothing exists at this path; see /openapi.json');
    return problemResponse(problem, requestOf(c));
  });
  app.onError((error, c) => {
    const problem = toProblem(error);
    if (problem.kind === 'internal') deps.log(faultLine(error, c.get('requestId')));
    return problemResponse(problem, requestOf(c));
  });
  return app;
}

function refuseMethod(c: Context<AppEnv>, methods: string[]): Response {
  const allow = methods.join(', ');
  const problem = new Problem('method-not-allowed', `This path accepts ${allow}`, {
    headers: { allow },
  });
  return problemResponse(problem, requestOf(c));
}

function requestOf(c: Context<AppEnv>) {
  return { requestId: c.get('requestId'), path: c.req.path };
}

/** All routes, in the order of the OpenAPI document. Every path under /v1 needs an API key. */
function resources(deps: AppDeps): OpenAPIHono<AppEnv>[] {
  return [
    sellerRoutes(deps),
    recoveryRoutes(deps),
    startRoutes(deps),
    scheduleRoutes(deps),
    dryRunRoutes(deps),
    accountRoutes(deps),
    routingRoutes(deps),
    entryRoutes(deps),
    sellerPauseRoutes(deps),
    sellerCommandRoutes(deps),
    holdRoutes(deps),
    holdPreviewRoutes(deps),
    sellerLinkRoutes(deps),
    parkedSellerRoutes(deps),
    earningRoutes(deps),
    earningCommandRoutes(deps),
    payoutRoutes(deps),
    payoutCommandRoutes(deps),
    payoutCancelRoutes(deps),
    paidElsewhereRoutes(deps),
    leaveWithSellerRoutes(deps),
    webhookRoutes(deps),
    clockRoutes(deps),
    eventRoutes(deps),
    explanationRoutes(deps),
    attentionRoutes(deps),
    attentionListRoutes(deps),
    discrepancyRoutes(deps),
    fundingRoutes(deps),
    moneyStopRoutes(deps),
    apiKeyRoutes(deps),
    healthRoutes(deps),
  ];
}
