import { z } from '@hono/zod-openapi';
import type { Tx } from '../../db/connect.ts';
import { type LeaveOrder, leavePayout } from '../../db/payouts/cancellations.ts';
import { readPayout as readStored } from '../../db/payouts/rows.ts';
import type { PayoutId } from '../../domain/ids.ts';
import type { AccountSight, LeaveRefusal } from '../../domain/payouts/cancellation.ts';
import { runCommand } from '../http/commands.ts';
import { type AppDeps, createRoutes } from '../http/context.ts';
import { defineRoute } from '../http/define-route.ts';
import { readPayout, readSeller } from '../http/found.ts';
import { Problem } from '../http/problems.ts';
import { answer, body, CommandHeaders, PayoutParams, text } from '../http/schemas.ts';
import { lookForAccountOf } from '../stripe/looks.ts';
import { answerPayout } from './answers.ts';
import { Payout } from './schemas.ts';

const LeaveWithSeller = z.strictObject({ reason: text(500) }).openapi('LeaveWithSeller');

const route = defineRoute({
  method: 'post',
  path: '/v1/payouts/{payoutId}/leave-with-seller',
  command: 'leave-with-seller',
  operationId: 'leavePayoutWithSeller',
  summary: 'End a payout whose account has left the platform',
  tags: ['Payouts'],
  description:
    'If an account has left the platform, nobody can look for its payouts, and nothing can be sent from it. The transferred money is at the account, which only the seller has, or at the seller’s bank. A payout that has not reserved money takes what is payable at the account, or its amount. The payout ends as `paid-elsewhere`, its earnings count as paid, and no further request is sent. The engine first asks Stripe whether the account has left, and reads the transfer. This command is refused if Stripe still lets the engine read the account, if the transfer was reversed, and while a request to Stripe about the payout has no answer.',
  request: { params: PayoutParams, headers: CommandHeaders, body: body(LeaveWithSeller) },
  responses: { 200: answer(Payout, 'The payout after the command') },
});

/** The route that ends a payout whose account has left the platform. */
export function leaveWithSellerRoutes(deps: AppDeps) {
  return createRoutes().openapi(route, async (c) => {
    const { payoutId } = c.req.valid('param');
    const request = c.req.valid('json');
    const look = async () => {
      await readPayout(deps.db, payoutId);
      const stored = await readStored(deps.db, payoutId);
      // A payout that has reserved nothing names no account yet.
      const { stripeAccount } = await readSeller(deps.db, stored.sellerId);
      return lookForAccountOf(deps, stored, stored.stripeAccount ?? stripeAccount);
    };
    const done = await runCommand(
      c,
      deps,
      { kind: 'leave-with-seller', request, look },
      (tx, sight = unseen) => leave(tx, payoutId, { ...request, sight }),
    );
    return c.json(done.body, 200);
  });
}

const unseen: AccountSight = { hasLeft: false, isTransferred: false, account: null };

const refusalTexts: Record<LeaveRefusal, string> = {
  'outcome-open':
    'A request to Stripe about this payout has no answer yet. Nothing was changed. Try again later',
  'not-at-account':
    'No money of this payout is at the account or on its way to the bank, or less than its amount. Nothing was changed. If the payout has not ended, `confirm-not-sent` or `cancel` ends it: its money is at the platform',
  'not-left':
    'Stripe still lets the engine read the account, so it has not left the platform. Nothing was changed. Look for the payout at Stripe, and send `confirm-sent` or `confirm-not-sent`',
  'not-transferred':
    'The key does not read the transfer, or the transfer was reversed, so the money may be at the platform. Nothing was changed. Check that the key belongs to the platform that made the transfer',
};

async function leave(tx: Tx, payoutId: PayoutId, order: LeaveOrder) {
  const done = await leavePayout(tx, payoutId, order);
  if (done === undefined) throw new Problem('unknown-payout', 'No payout has this id');
  if (done !== 'end') throw new Problem('payout-not-with-seller', refusalTexts[done]);
  return answerPayout(tx, payoutId);
}
