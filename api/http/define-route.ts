import { createRoute, type RouteConfig, z } from '@hono/zod-openapi';
import { ProblemBody } from './schemas.ts';

type NewRoute<Path extends string> = Omit<RouteConfig, 'path'> & { path: Path };

/**
 * Declares a route under /v1 and its refusals. A route without a query of its own refuses every
 * query field: a field such as `dryRun=true` must never be ignored.
 */
export function defineRoute<Path extends string, Route extends NewRoute<Path>>(route: Route) {
  return createRoute<Path, Route>({
    ...route,
    request: { query: z.strictObject({}), ...route.request },
    responses: {
      ...route.responses,
      '4XX': {
        description: 'Refused: nothing changed',
        content: { 'application/problem+json': { schema: ProblemBody } },
      },
    },
  });
}
