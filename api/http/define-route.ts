import { createRoute, type RouteConfig, z } from '@hono/zod-openapi';
import { ProblemBody } from './schemas.ts';

type NewRoute<Path extends string> = Omit<RouteConfig, 'path'> & { path: Path };

/**
 * Declares a route under /v1 with the schema of its refusals. A route without query fields refuses
 * every query field, because ignoring a field such as `dryRun=true` could be dangerous.
 */
export function defineRoute<Path extends string, Route extends NewRoute<Path>>(route: Route) {
  return createRoute<Path, Route>({
    ...route,
    request: { query: z.strictObject({}), ...route.request },
    responses: {
      ...route.responses,
      '4XX': {
        description: 'The request was refused. Nothing changed',
        content: { 'application/problem+json': { schema: ProblemBody } },
      },
    },
  });
}
