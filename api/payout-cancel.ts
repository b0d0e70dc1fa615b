import { createRoute, z } from '@hono/zod-openapi';
import type { Tx } from '../db/connect.ts';
import { cancelPayout } from '../db/payouts/cancellations.ts';
import type { PayoutId } from '../domain/ids.ts';
import type { CancelRefusal } from '../domain/payouts/cancellation.ts';
import { runCommand } from './commands.ts';
import { type AppDeps, createRoutes } from './context.ts';
import { Payout, toPayout } from './payout-schemas.ts';
import { readPayout } from './payouts.ts';
import { Problem } from './problems.ts';
import { answer, body, CommandHeaders, PayoutParams, refusals } from './schemas.ts';

const cancelRoute = createRoute({
  method: 'post',
  path: '/v1/payouts/{payoutId}/cancel',
  operationId: 'cancelPayout',
  summary: 'Call a payout off, as far as it still can be',
  tags: ['Payouts'],
  description:
    'Before Stripe has it, it is canceled at once and its money is free where it is. Once Stripe has it, Stripe is asked: `cancellation` says what became of that, and a refusal leaves the payout going. Refused while a request to Stripe about it has no answer.',
  request: { params: PayoutParams, headers: CommandHeaders, body: body(z.strictObject({})) },
  responses: { 200: answer(Payout, 'The payout as it stands then'), ...refusals },
});

/** What calls a payout off. */
export function payoutCancelRoutes(deps: AppDeps) {
  return createRoutes().openapi(cancelRoute, async (c) => {
    const { payoutId } = c.req.valid('param');
    const by = c.get('caller').id;
    const done = await runCommand(c, deps, { kind: 'cancel-payout', request: {} }, (tx) =>
      cancel(tx, payoutId, by),
    );
    return c.json(done.body, 200);
  });
}

const refusalTexts: Record<CancelRefusal, string> = {
  'outcome-open': 'A request to Stripe about it has no answer yet; try again when it has',
  'too-late': 'It is paid or over',
};

async function cancel(tx: Tx, payoutId: PayoutId, by: string) {
  const plan = await cancelPayout(tx, payoutId, by);
  if (!plan) throw new Problem('unknown-payout', 'No payout has this id');
  if (plan.kind === 'refuse') {
    throw new Problem('payout-not-cancelable', refusalTexts[plan.why]);
  }
  const body = toPayout(await readPayout(tx, payoutId));
  return { status: 200 as const, body, objectId: payoutId };
}
