import { z } from '@hono/zod-openapi';
import {
  adoptAll,
  type Adoption,
  dismissAdoption,
  listAdoptions,
} from '../../db/recovery/adoptions.ts';
import { money } from '../../domain/money.ts';
import { runCommand } from '../http/commands.ts';
import { type AppDeps, createRoutes } from '../http/context.ts';
import { Problem } from '../http/problems.ts';
import { defineRoute } from '../http/define-route.ts';
import { firstEntriesOf, firstOf } from '../http/pages.ts';
import { answer, body, CommandHeaders, Instant, Money, text } from '../http/schemas.ts';

const ToAdopt = z
  .object({
    stripeId: z.string(),
    step: z.enum(['transfer', 'payout']),
    payoutId: z.string().openapi({
      description: 'The id of the engine’s payout, from the metadata of the object at Stripe',
    }),
    stripeAccount: z.string(),
    sellerId: z.string().nullable(),
    money: Money,
    createdAt: Instant,
    foundAt: Instant,
    adopts: z.string().openapi({ description: 'What adopting the object does' }),
  })
  .openapi('ToAdopt');

const Recovery = z
  .object({ ...firstEntriesOf(ToAdopt).shape, explanation: z.string() })
  .openapi('Recovery', {
    description:
      'Transfers and payouts that the engine made at Stripe and that this database does not know',
  });

const Reason = z.strictObject({ reason: text(500) }).openapi('RecoveryReason');
const tags = ['Operations'];

const listRoute = defineRoute({
  method: 'get',
  path: '/v1/recovery',
  operationId: 'listRecovery',
  summary: 'List transfers and payouts that this database has lost',
  tags,
  responses: {
    200: answer(Recovery, 'The objects that a person must adopt or dismiss, oldest first'),
  },
});

const adoptRoute = defineRoute({
  method: 'post',
  path: '/v1/recovery/adopt',
  command: 'adopt',
  operationId: 'adoptRecovery',
  summary: 'Adopt all lost transfers and payouts whose seller is known',
  description:
    'Each payout is restored under its old id, and its money is recorded as sent, so that nobody is paid twice. Other payouts of these sellers that have reserved money in the same currency are canceled, unless Stripe may already have them. Afterwards, post the lost earnings again with their old external ids, and then resume money.',
  tags,
  request: { headers: CommandHeaders, body: body(Reason) },
  responses: { 200: answer(Recovery, 'The adopted objects') },
});

const dismissRoute = defineRoute({
  method: 'post',
  path: '/v1/recovery/{stripeId}/dismiss',
  command: 'dismiss-adoption',
  operationId: 'dismissRecovery',
  summary: 'Dismiss a lost transfer or payout that was corrected by hand or is not ours',
  tags,
  request: {
    params: z.object({ stripeId: z.string().regex(/^(tr|po)_[A-Za-z0-9_]{1,200}$/) }),
    headers: CommandHeaders,
    body: body(Reason),
  },
  responses: { 200: answer(Recovery, 'The objects that still must be adopted or dismissed') },
});

/** Routes that restore the transfers and payouts that a restored database has lost. */
export function recoveryRoutes(deps: AppDeps) {
  return createRoutes()
    .openapi(listRoute, async (c) => c.json(toRecovery(await listAdoptions(deps.db)), 200))
    .openapi(adoptRoute, async (c) => {
      const request = c.req.valid('json');
      const by = c.get('caller').id;
      const done = await runCommand(c, deps, { kind: 'adopt', request }, async (tx) => {
        const adopted = await adoptAll(tx, { by, reason: request.reason });
        return { status: 200 as const, body: toRecovery(adopted), objectId: 'recovery' };
      });
      return c.json(done.body, 200);
    })
    .openapi(dismissRoute, async (c) => {
      const { stripeId } = c.req.valid('param');
      const request = c.req.valid('json');
      const order = { by: c.get('caller').id, reason: request.reason };
      const done = await runCommand(c, deps, { kind: 'dismiss-adoption', request }, async (tx) => {
        if (!(await dismissAdoption(tx, stripeId, order))) {
          throw new Problem(
            'unknown-adoption',
            `${stripeId} is not among the objects to adopt or dismiss`,
          );
        }
        const left = toRecovery(await listAdoptions(tx));
        return { status: 200 as const, body: left, objectId: stripeId };
      });
      return c.json(done.body, 200);
    });
}

function toRecovery(adoptions: readonly Adoption[]) {
  const explanation =
    adoptions.length === 0
      ? 'Nothing to do: this database knows everything that the engine made at Stripe'
      : 'Stripe has these transfers and payouts, but this database does not know them: it was restored from a backup, or another engine pays from the same Stripe account. No money moves until each of them is adopted or dismissed';
  return { ...firstOf(adoptions.map(toAdopt)), explanation };
}

function toAdopt({ amount, currency, ...adoption }: Adoption) {
  return { ...adoption, money: money(amount, currency), adopts: words(adoption) };
}

function words({ sellerId, step }: Pick<Adoption, 'sellerId' | 'step'>): string {
  if (sellerId === null) {
    return 'Nothing yet, because no seller in this database has this account. If the seller exists, the engine finds the account by itself. If the seller was lost, create the seller again with its old id (POST /v1/sellers with `id`): while Stripe remembers the original request, the seller gets its account back within moments. Do not dismiss the object instead: if its earnings are posted again, they are paid twice';
  }
  return step === 'transfer'
    ? 'The transfer is recorded: its money is at the account, or has already left the account with the payout'
    : 'The payout is restored and recorded as sent. The engine follows its money to the bank';
}
