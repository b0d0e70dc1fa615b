import { z } from '@hono/zod-openapi';
import {
  adoptAll,
  type Adoption,
  dismissAdoption,
  listAdoptions,
} from '../db/recovery/adoptions.ts';
import { money } from '../domain/money.ts';
import { runCommand } from './http/commands.ts';
import { type AppDeps, createRoutes } from './http/context.ts';
import { Problem } from './http/problems.ts';
import { defineRoute } from './http/routes.ts';
import { answer, body, CommandHeaders, Instant, Money, text } from './http/schemas.ts';

const ToAdopt = z
  .object({
    stripeId: z.string(),
    step: z.enum(['transfer', 'payout']),
    payoutId: z.string().openapi({ description: 'Our payout, as its metadata names it' }),
    stripeAccount: z.string(),
    sellerId: z.string().nullable(),
    money: Money,
    createdAt: Instant,
    foundAt: Instant,
    adopts: z.string().openapi({ description: 'What adopting it does' }),
  })
  .openapi('ToAdopt');

const Recovery = z
  .object({ data: z.array(ToAdopt), explanation: z.string() })
  .openapi('Recovery', { description: 'What left under our name and the database does not know' });

const Reason = z.strictObject({ reason: text(500) }).openapi('RecoveryReason');
const tags = ['Operations'];

const listRoute = defineRoute({
  method: 'get',
  path: '/v1/recovery',
  operationId: 'listRecovery',
  summary: 'List what Stripe has and this database lost, for example after a restored backup',
  tags,
  responses: { 200: answer(Recovery, 'Everything to adopt or dismiss, oldest first') },
});

const adoptRoute = defineRoute({
  method: 'post',
  path: '/v1/recovery/adopt',
  operationId: 'adoptRecovery',
  summary: 'Adopt everything whose seller is known',
  description:
    'The payouts stand again under their old ids and their money is booked as gone. What other payouts of these sellers set aside in the same currency is called off, unless it may have been sent. Post the earnings of the lost time again, under their external ids; then resume money.',
  tags,
  request: { headers: CommandHeaders, body: body(Reason) },
  responses: { 200: answer(Recovery, 'What was adopted') },
});

const dismissRoute = defineRoute({
  method: 'post',
  path: '/v1/recovery/{stripeId}/dismiss',
  operationId: 'dismissRecovery',
  summary: 'Dismiss an object that was corrected by hand or is not ours',
  tags,
  request: {
    params: z.object({ stripeId: z.string().regex(/^(tr|po)_[A-Za-z0-9_]{1,200}$/) }),
    headers: CommandHeaders,
    body: body(Reason),
  },
  responses: { 200: answer(Recovery, 'What is still open') },
});

/** The way back after the database was brought back from a backup. */
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
          throw new Problem('unknown-adoption', `${stripeId} is not to be adopted`);
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
      ? 'Nothing: this database knows all that Stripe made under its name'
      : 'Stripe made these and this database does not know them: it was brought back from a backup, or another engine pays from this account. Money stays stopped until each is adopted or dismissed';
  return { data: adoptions.map(toAdopt), explanation };
}

function toAdopt({ amount, currency, ...adoption }: Adoption) {
  return { ...adoption, money: money(amount, currency), adopts: words(adoption) };
}

function words({ sellerId, step }: Pick<Adoption, 'sellerId' | 'step'>): string {
  if (sellerId === null) {
    return 'Nothing: no seller has this account yet. A seller that is here gets it back by itself; one that was lost is made known again, under the id that it had (POST /v1/sellers with id): while Stripe knows the request of then, it gets its account back within moments. Earnings that are posted again for what is dismissed are paid twice';
  }
  return step === 'transfer'
    ? 'It counts as transferred: the money is at the account, or on its way with its payout'
    : 'It counts as sent: its payout stands again and is followed to the bank';
}
