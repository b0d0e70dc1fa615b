import { z } from '@hono/zod-openapi';
import { defineRoute } from '../http/define-route.ts';
import * as schemas from '../http/schemas.ts';
import { answer, SellerParams } from '../http/schemas.ts';
import { BalancesQuery, StripeBalance } from './stripe-balances.ts';

const Balance = z
  .object({
    currency: z.string(),
    stripe: StripeBalance.optional(),
    payable: schemas.Money.openapi({ description: 'What a payout ordered now would pay' }),
    held: schemas.Money.openapi({ description: 'What would be payable without holds' }),
    notYetAvailable: schemas.Money.openapi({ description: 'Earned, but payable only later' }),
    places: z.object({
      owed: z
        .int()
        .openapi({ description: 'The counterpart of everything earned, so it is negative' }),
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

export const getBalances = defineRoute({
  method: 'get',
  path: '/v1/sellers/{sellerId}/balances',
  operationId: 'getBalances',
  summary: 'Get the balances of a seller, by currency',
  tags: ['Sellers'],
  request: { params: SellerParams, query: BalancesQuery },
  responses: { 200: answer(z.object({ data: z.array(Balance) }), 'Balances') },
});
