import type { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv } from './context.ts';

/** Serves the description of every route, made from what validates them. */
export function describe(app: OpenAPIHono<AppEnv>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
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
