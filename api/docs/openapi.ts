import type { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv } from '../http/context.ts';
import { Problem, type ProblemKind, problemKinds } from '../http/problems.ts';
import { Country, Currency } from '../http/schemas.ts';
import { GivenSchedule } from '../paydays/schemas.ts';

/** The groups of routes in reading order. Each route belongs to one group. */
const tags = [
  { name: 'Sellers', description: 'Who is paid, when, and why not yet' },
  { name: 'Earnings', description: 'What the platform owes its sellers' },
  { name: 'Payouts', description: 'Money on its way to the sellers’ banks' },
  { name: 'Holds', description: 'Money that is withheld' },
  { name: 'Events', description: 'What happened, for the platform’s own programs' },
  {
    name: 'Operations',
    description: 'What waits for a person, and the stops of all money',
  },
  { name: 'Reconciliation', description: 'Differences between the ledger and Stripe' },
  { name: 'API keys', description: 'Who may call this API' },
  { name: 'Test', description: 'The clock of the sandbox' },
];

/**
 * Adds `/openapi.json`, generated from the schemas that validate requests, and `/problems/<kind>`.
 */
export function describe(app: OpenAPIHono<AppEnv>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
  });
  // Registered before any use; otherwise each schema gets the description of its first use.
  for (const [name, schema] of Object.entries({ Currency, Country, GivenSchedule })) {
    app.openAPIRegistry.register(name, schema);
  }
  // The `type` of a problem is the path of its explanation.
  app.get('/problems/:kind', (c) => {
    const kind = c.req.param('kind');
    if (!isProblemKind(kind)) throw new Problem('unknown-path', 'No problem has this type');
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
