import type { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv } from './context.ts';
import { Problem, problemKinds, type ProblemKind } from './problems.ts';

/** Serves the description of every route, made from what validates them. */
export function describe(app: OpenAPIHono<AppEnv>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
  });
  // A problem's `type` leads somewhere.
  app.get('/problems/:kind', (c) => {
    const kind = c.req.param('kind');
    if (!isProblemKind(kind)) throw new Problem('unknown-path', 'There is no such problem');
    return c.json({ type: `/problems/${kind}`, ...problemKinds[kind] });
  });
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'payout-engine',
      version: '1',
      description: 'Pays a platform’s sellers through Stripe Connect.',
    },
    security: [{ apiKey: [] }],
  });
}

function isProblemKind(kind: string): kind is ProblemKind {
  return Object.hasOwn(problemKinds, kind);
}
