import { z } from '@hono/zod-openapi';
import type { Tx } from '../../db/connect.ts';
import {
  type ElsewhereOrder,
  endPaidElsewhere,
  returnPaidElsewhere,
} from '../../db/reconciliation/paid-elsewhere.ts';
import type { PayoutId } from '../../domain/ids.ts';
import type { ElsewhereRefusal, ReturnRefusal } from '../../domain/payouts/elsewhere.ts';
import { runCommand } from '../http/commands.ts';
import { type AppDeps, createRoutes } from '../http/context.ts';
import { defineRoute } from '../http/define-route.ts';
import { brokenRule, Problem } from '../http/problems.ts';
import { answer, body, CommandHeaders, PayoutParams, text } from '../http/schemas.ts';
import { answerPayout } from './answers.ts';
import { Payout } from './schemas.ts';

const objectId = (prefix: string, what: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}_[A-Za-z0-9_]{1,200}$`), `must be the id of a Stripe ${what}`)
    .optional()
    .openapi({ description: `The ${what} at Stripe by which somebody else moved the money` });

const PaidElsewhere = z
  .strictObject({
    reason: text(500),
    stripePayoutId: objectId('po', 'payout'),
    transferId: objectId('tr', 'transfer'),
    proof: text(500).optional().openapi({
      description:
        'How the money was paid outside Stripe, such as the reference of a bank transfer',
    }),
  })
  .openapi('PaidElsewhere');

const route = defineRoute({
  method: 'post',
  path: '/v1/payouts/{payoutId}/paid-elsewhere',
  command: 'payout-paid-elsewhere',
  operationId: 'endPaidElsewherePayout',
  summary: 'End a payout whose money somebody else paid',
  tags: ['Payouts'],
  description:
    'The engine does not pay the payout, and its earnings count as paid. Give either `stripePayoutId` or `proof`. `stripePayoutId` names the payout that somebody made at Stripe, for example in the Dashboard, and `transferId` the transfer, if this payout has reserved money at the platform. Both must be open discrepancies of this seller and currency, and have the amounts of this payout; their discrepancies are closed and their holds released. `proof` says how the money was paid outside Stripe; this is refused if a part of the money is at the seller’s account already. This command is refused while a request to Stripe about the payout has no answer, and after Stripe has the payout.',
  request: { params: PayoutParams, headers: CommandHeaders, body: body(PaidElsewhere) },
  responses: { 200: answer(Payout, 'The payout after the command') },
});

const returnRoute = defineRoute({
  method: 'post',
  path: '/v1/payouts/{payoutId}/came-back',
  command: 'payout-came-back',
  operationId: 'returnPaidElsewherePayout',
  summary: 'Return a payout that somebody else paid outside Stripe',
  tags: ['Payouts'],
  description:
    'Use this if the money came back or never arrived. The payout becomes `returned`, the platform owes the money again, and the next payout pays it. This command is refused if somebody else paid at Stripe: when Stripe’s books show that the money came back, the engine returns the payout by itself and holds the money.',
  request: {
    params: PayoutParams,
    headers: CommandHeaders,
    body: body(z.strictObject({ reason: text(500) }).openapi('CameBack')),
  },
  responses: { 200: answer(Payout, 'The payout after the command') },
});

/**
 * Routes that end a payout whose money somebody else paid, and return it if its money came back.
 */
export function paidElsewhereRoutes(deps: AppDeps) {
  return createRoutes()
    .openapi(route, async (c) => {
      const { payoutId } = c.req.valid('param');
      const request = c.req.valid('json');
      const order = { by: c.get('caller').id, reason: request.reason, how: howOf(request) };
      const done = await runCommand(c, deps, { kind: 'payout-paid-elsewhere', request }, (tx) =>
        end(tx, payoutId, order),
      );
      return c.json(done.body, 200);
    })
    .openapi(returnRoute, async (c) => {
      const { payoutId } = c.req.valid('param');
      const request = c.req.valid('json');
      const done = await runCommand(c, deps, { kind: 'payout-came-back', request }, (tx) =>
        comeBack(tx, payoutId, request.reason),
      );
      return c.json(done.body, 200);
    });
}

function howOf(body: z.infer<typeof PaidElsewhere>): ElsewhereOrder['how'] {
  const { stripePayoutId, transferId, proof } = body;
  const isOutside = proof !== undefined;
  if (isOutside === (stripePayoutId !== undefined)) {
    throw brokenRule('body', ['stripePayoutId'], 'must be given if `proof` is not, and only then');
  }
  if (isOutside && transferId !== undefined) {
    throw brokenRule('body', ['transferId'], 'must be absent if `proof` is given');
  }
  if (isOutside) return { proof };
  return { stripeIds: [stripePayoutId, transferId].filter((id) => id !== undefined) };
}

const refusalTexts: Record<ElsewhereRefusal, string> = {
  'outcome-open':
    'A request to Stripe about this payout has no answer yet, so Stripe may pay it. Try again later, or first confirm whether Stripe has the transfer or payout',
  'too-late': 'Stripe has this payout, or the payout has already ended',
  'at-account':
    'A part of the money is at the seller’s account at Stripe and would stay there. Cancel the payout and reverse the transfer at Stripe first',
  'needs-amount': 'This payout has no amount yet. Cancel it, and order a payout of the paid amount',
  'adopt-first':
    'Stripe has made a transfer or payout in the name of this payout, or with one of these ids, that this database does not know. First adopt or dismiss it: GET /v1/recovery',
  'payout-in-flight':
    'Another payout has reserved money of this seller and currency, which may be the same money. First end that payout',
  'nothing-owed': 'The seller has no unpaid earnings in this currency',
  'more-than-owed':
    'Less than the amount is owed to the seller from money at the platform. What a charge does not cover is not owed',
  differs: 'What moved at Stripe is not what this payout would have moved',
};

async function end(tx: Tx, payoutId: PayoutId, order: ElsewhereOrder) {
  const done = await endPaidElsewhere(tx, payoutId, order);
  switch (done.kind) {
    case 'unknown':
      throw new Problem('unknown-payout', 'No payout has this id');
    case 'not-unordered':
      throw new Problem(
        'not-paid-elsewhere',
        `${done.stripeId} is not an open discrepancy about money that moved without an order, for this seller and currency. If the object was made at Stripe just now, wait until the account’s books were read`,
      );
    case 'refuse': {
      const more = done.difference === undefined ? '' : `: ${done.difference}`;
      throw new Problem('not-paid-elsewhere', `${refusalTexts[done.why]}${more}`);
    }
    case 'end':
      return answerPayout(tx, payoutId);
  }
}

const returnRefusals: Record<ReturnRefusal, string> = {
  'with-seller':
    'The account left the platform with the money. Nothing was changed. If the seller gave the money back and it is owed again, record it as an earning',
  'not-paid-elsewhere':
    'Only a payout that somebody else paid outside Stripe, and that was not returned before, can be returned like this',
  'at-stripe':
    'Somebody else paid this payout at Stripe. When the money comes back, Stripe’s books show it, and the engine returns the payout and holds the money. If the money never arrived although Stripe shows it as paid, ask Stripe for its trace',
};

async function comeBack(tx: Tx, payoutId: PayoutId, reason: string) {
  const done = await returnPaidElsewhere(tx, payoutId, reason);
  if (done.kind === 'unknown') throw new Problem('unknown-payout', 'No payout has this id');
  if (done.kind === 'refuse') throw new Problem('not-returned', returnRefusals[done.why]);
  return answerPayout(tx, payoutId);
}
