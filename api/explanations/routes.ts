import { paydaysAround } from '../../activities/paydays/calendar.ts';
import { sayInstant } from '../../activities/paydays/clocks.ts';
import { readPayoutFacts, readSellerFacts } from '../../db/explanations/facts.ts';
import { explainPayout } from '../../domain/explanations/payout.ts';
import { explainSeller } from '../../domain/explanations/seller.ts';
import { type AppDeps, createRoutes } from '../http/context.ts';
import { Problem } from '../http/problems.ts';
import { defineRoute } from '../http/define-route.ts';
import { answer, PayoutParams, SellerParams } from '../http/schemas.ts';
import { readAvailableFor } from './platform-balance.ts';
import { PayoutExplanation, SellerExplanation } from './schemas.ts';

const about =
  'What happened, what the money waits for, what ends each wait, what comes next, and who decided';

const sellerRoute = defineRoute({
  method: 'get',
  path: '/v1/sellers/{sellerId}/explain',
  operationId: 'explainSeller',
  summary: 'Explain why a seller is not paid, and what comes next',
  description: about,
  tags: ['Sellers'],
  request: { params: SellerParams },
  responses: { 200: answer(SellerExplanation, 'The explanation at `asOf`') },
});

const payoutRoute = defineRoute({
  method: 'get',
  path: '/v1/payouts/{payoutId}/explain',
  operationId: 'explainPayout',
  summary: 'Explain where a payout is, why, and what comes next',
  description: about,
  tags: ['Payouts'],
  request: { params: PayoutParams },
  responses: { 200: answer(PayoutExplanation, 'The explanation at `asOf`') },
});

/** The routes that answer what sellers ask support and what support asks operators. */
export function explanationRoutes(deps: AppDeps) {
  const { db } = deps;
  return createRoutes()
    .openapi(sellerRoute, async (c) => {
      const facts = await readSellerFacts(db, c.req.valid('param').sellerId, paydaysAround);
      if (!facts) throw new Problem('unknown-seller', 'No seller has this id');
      const available = await readAvailableFor(deps, facts.openPayouts);
      return c.json(explainSeller(facts, sayInstant, available), 200);
    })
    .openapi(payoutRoute, async (c) => {
      const facts = await readPayoutFacts(db, c.req.valid('param').payoutId);
      if (!facts) throw new Problem('unknown-payout', 'No payout has this id');
      return c.json(explainPayout(facts, await readAvailableFor(deps, [facts.payout])), 200);
    });
}
