import { z } from '@hono/zod-openapi';
import { usualCurrency } from '../domain/routing/currencies.ts';
import {
  agreements,
  flows,
  route,
  type RouteFacts,
  routeFees,
  routeOutcomes,
  routeReasons,
  routeSteps,
  sayRoute,
} from '../domain/routing/route.ts';
import { type AppDeps, createRoutes } from './http/context.ts';
import { defineRoute } from './http/define-route.ts';
import { readInstallation } from './http/found.ts';
import { answer, Country, Currency, Money } from './http/schemas.ts';

const Route = z
  .object({
    platform: z.string().openapi({ description: 'The country of the platform’s Stripe account' }),
    country: z.string(),
    flow: z.enum(flows),
    agreement: z.enum(agreements),
    outcome: z.enum(routeOutcomes).openapi({
      description:
        '`unsupported`: the engine cannot pay this seller. Do not take the buyer’s money',
    }),
    reason: z.enum(routeReasons),
    explanation: z.string().openapi({ description: '`reason` as a sentence' }),
    steps: z.array(z.enum(routeSteps)).openapi({ description: 'What happens to the money' }),
    currency: z.string().openapi({ description: 'The currency of the payout to the bank' }),
    minimum: z.union([Money, z.null()]).openapi({
      description: 'The smallest payout, after conversion. Null if nothing can be paid',
    }),
    payoutStep: z.int().openapi({
      description: 'A payout is rounded down to a multiple of this, in minor units',
    }),
    extraHours: z.int().openapi({
      description:
        'The hours for which Stripe keeps a transfer pending, in addition to its usual time',
    }),
    fees: z.array(z.enum(routeFees)).openapi({ description: 'The fees that Stripe may charge' }),
  })
  .openapi('Route');

const getRoute = defineRoute({
  method: 'get',
  path: '/v1/routes',
  operationId: 'getRoute',
  summary: 'Say whether and how a seller in a country can be paid',
  description:
    'Ask before you take a buyer’s money: Stripe refuses a transfer to a country without a route only after the buyer has paid.',
  tags: ['Sellers'],
  request: {
    query: z.strictObject({
      country: Country.openapi({ description: 'The country of the seller' }),
      currency: Currency.optional().openapi({
        description: 'The currency of the payout. By default, the currency of the country',
      }),
      flow: z.enum(flows).default('transfer').openapi({
        description:
          'How buyers pay. `transfer`: separate charges and transfers; `destination`: destination charges; `on-behalf-of`: either with `on_behalf_of`; `direct`: charges at the seller’s account',
      }),
      agreement: z.enum(agreements).default('full').openapi({
        description:
          'The service agreement of the seller’s account. The engine creates accounts under the full agreement',
      }),
    }),
  },
  responses: { 200: answer(Route, 'The route') },
});

/** The route that says how a seller can be paid. It asks nobody: `domain/routing` decides. */
export function routingRoutes({ db }: AppDeps) {
  return createRoutes().openapi(getRoute, async (c) => {
    const { country, flow, agreement, ...asked } = c.req.valid('query');
    const currency = asked.currency ?? usualCurrency(country);
    const { platformCountry: platform } = await readInstallation(db);
    const facts: RouteFacts = { platform, seller: country, currency, flow, agreement };
    const found = route(facts);
    const { least, steps, fees, ...rest } = found;
    const explanation = sayRoute(found, facts);
    const said = { ...rest, explanation, minimum: least, steps: [...steps], fees: [...fees] };
    return c.json({ platform, country, currency, flow, agreement, ...said }, 200);
  });
}
