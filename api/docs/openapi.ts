import type { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv } from '../http/context.ts';
import { Problem, type ProblemKind, problemKinds } from '../http/problems.ts';
import { Country, Currency } from '../http/schemas.ts';
import { GivenSchedule } from '../paydays/schemas.ts';

/** What routes are about, in the order in which a reader meets it; each route names one. */
const tags = [
  { name: 'Sellers', description: 'Who is paid, when, and why not' },
  { name: 'Earnings', description: 'What the platform owes them' },
  { name: 'Payouts', description: 'What carries it to their banks' },
  { name: 'Holds', description: 'What keeps it back' },
  { name: 'Events', description: 'What happened, for the platform’s own programs' },
  { name: 'Operations', description: 'What waits for a person, and the switch that stops money' },
  { name: 'Reconciliation', description: 'What differs from Stripe' },
  { name: 'API keys', description: 'Who may call' },
  { name: 'Test', description: 'Time, which only a sandbox lets move' },
];

/** Serves the description of every route, made from what validates them. */
export function describe(app: OpenAPIHono<AppEnv>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
  });
  // By themselves first: else a part has the description of the place where it is met first.
  for (const [name, schema] of Object.entries({ Currency, Country, GivenSchedule })) {
    app.openAPIRegistry.register(name, schema);
  }
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
    tags,
    security: [{ apiKey: [] }],
  });
}

function isProblemKind(kind: string): kind is ProblemKind {
  return Object.hasOwn(problemKinds, kind);
}
