import { z } from '@hono/zod-openapi';
import { defineRoute } from '../http/define-route.ts';
import * as schemas from '../http/schemas.ts';
import { answer, SellerParams } from '../http/schemas.ts';
import { BalancesQuery, StripeBalance } from './stripe-balances.ts';

const Balance = z
  .object({
    currency: z.string(),
    stripe: StripeBalance.optional(),
    payable: schemas.Money.openapi({
      description:
        'What a payout of everything would pay if it were ordered now and nothing else stopped the seller. Holds are already deducted. `GET /v1/sellers/{sellerId}/explain` says what stops the seller, for example a pause or a closed bank account',
    }),
    held: schemas.Money.openapi({
      description: 'How much more would be payable without the holds',
    }),
    notYetAvailable: schemas.Money.openapi({ description: 'Earned, but not available yet' }),
    places: z.object({
      owed: z.int().openapi({ description: 'The counterpart of all earnings, so it is negative' }),
      platform: z.int(),
      'platform-reserved': z.int(),
      account: z.int(),
      'account-reserved': z.int(),
      'in-transit': z.int(),
      bank: z.int(),
      foreign: z.int(),
    }),
  })
  .openapi('Balance');

/** The route that reads a seller's balances. `api/sellers/routes.ts` answers it. */
export const getBalances = defineRoute({
  method: 'get',
  path: '/v1/sellers/{sellerId}/balances',
  operationId: 'getBalances',
  summary: 'Get the balances of a seller, by currency',
  tags: ['Sellers'],
  request: { params: SellerParams, query: BalancesQuery },
  responses: { 200: answer(z.object({ data: z.array(Balance) }), 'Balances') },
});
