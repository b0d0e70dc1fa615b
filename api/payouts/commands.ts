import { z } from '@hono/zod-openapi';
import type { Tx } from '../../db/connect.ts';
import { cancelPayout } from '../../db/payouts/cancellations.ts';
import { confirmLooked, confirmSent, lockParked, retryRefused } from '../../db/payouts/commands.ts';
import { findUnexplained } from '../../db/stripe/doubts.ts';
import type { PayoutId } from '../../domain/ids.ts';
import { isUnknown, offers } from '../../domain/parking/reasons.ts';
import type { CancelRefusal } from '../../domain/payouts/cancellation.ts';
import { sayUnexplained, type Seen, type Sighting, unseen } from '../../domain/payouts/look-ups.ts';
import { runCommand } from '../http/commands.ts';
import { type AppDeps, createRoutes } from '../http/context.ts';
import { decisionsAbout, defineRoute } from '../http/define-route.ts';
import { brokenRule, Problem } from '../http/problems.ts';
import { answer, body, CommandHeaders, PayoutParams } from '../http/schemas.ts';
import { foundAtStripe, lookBefore, unlooked } from '../stripe/looks.ts';
import { answerPayout } from './answers.ts';
import { Payout } from './schemas.ts';

const cancelRoute = defineRoute({
  method: 'post',
  path: '/v1/payouts/{payoutId}/cancel',
  command: 'cancel-payout',
  operationId: 'cancelPayout',
  summary: 'Cancel a payout',
  tags: ['Payouts'],
  description:
    'If Stripe does not have the payout yet, the payout ends immediately, and its money becomes payable again. If a request about it was sent and Stripe certainly did not carry it out, the payout ends as well. If that is not known, nothing more is sent, the order stands, and the engine looks at Stripe: what was not made ends, what was made is canceled where it is. If Stripe already has the payout, the engine asks Stripe to cancel it, also while money is stopped. `cancellation` says which of these it is, whether Stripe was asked, and what Stripe answered. If Stripe refuses, the payout continues to the bank. If only a person confirmed that an earlier request was not carried out, the engine first looks at Stripe, as for `confirm-not-sent`; if it finds something, or if Stripe cannot be read now, the order stands as well.',
  request: { params: PayoutParams, headers: CommandHeaders, body: body(z.strictObject({})) },
  responses: { 200: answer(Payout, 'The payout after the command') },
});

/** The route that cancels a payout. */
export function payoutCancelRoutes(deps: AppDeps) {
  return createRoutes().openapi(cancelRoute, async (c) => {
    const { payoutId } = c.req.valid('param');
    const by = c.get('caller').id;
    // A cancellation is accepted while Stripe cannot be read: the engine looks later.
    const look = () => lookBefore(deps, payoutId, 'cancel').catch(unlooked);
    const done = await runCommand(
      c,
      deps,
      { kind: 'cancel-payout', request: {}, look },
      (tx, seen) => cancel(tx, payoutId, { by, seen }),
    );
    return c.json(done.body, 200);
  });
}

const refusalTexts: Record<CancelRefusal, string> = {
  'too-late': 'This payout has been paid, or has already ended',
};

async function cancel(
  tx: Tx,
  payoutId: PayoutId,
  { by, seen }: { by: string; seen: Seen | undefined },
) {
  await lockParked(tx, payoutId);
  const known = await findUnexplained(tx, payoutId);
  // A discrepancy keeps the seller's money from being paid again by itself.
  const isExplained = known === undefined || known.kind === 'discrepancy';
  const isLooked = seen?.isLooked === true && seen.sighting === null && isExplained;
  const plan = await cancelPayout(tx, payoutId, by, { isLooked, mayStand: true });
  if (!plan) throw new Problem('unknown-payout', 'No payout has this id');
  if (plan.kind === 'refuse') {
    throw new Problem('payout-not-cancelable', refusalTexts[plan.why]);
  }
  return answerPayout(tx, payoutId);
}

const Nothing = z.strictObject({});
const Sent = z
  .strictObject({
    stripeId: z
      .string()
      .regex(/^(tr|po)_[A-Za-z0-9_]{1,200}$/, 'must be the id of a Stripe transfer or payout')
      .openapi({ example: 'tr_1ExampleOfATransfer' }),
  })
  .openapi('ConfirmSent');

const route = decisionsAbout('Payout', { params: PayoutParams, shown: Payout });

const confirmSentRoute = route(
  'confirm-sent',
  'confirm-sent',
  'Confirm that Stripe has the transfer or payout',
  Sent,
  'The engine reads the named object. If its amount, currency, account and metadata match this payout, the payout continues. Otherwise the payout is parked again and names the difference.',
);
const NotSent = z
  .strictObject({
    callOff: z.boolean().default(false).openapi({
      description:
        '`true`: the payout ends and its money becomes payable again. By default, the request is sent again, unless the payout was canceled meanwhile',
    }),
  })
  .openapi('ConfirmNotSent');
const confirmNotSentRoute = route(
  'confirm-not-sent',
  'confirm-not-sent',
  'Confirm that Stripe does not have the transfer or payout, and send it again or cancel the payout',
  NotSent,
  'The engine first looks at Stripe itself: for objects that name this payout, and for unexplained objects with the same account, amount and currency. It also reads its own books. If it finds one, the command is refused with the problem `found-at-stripe`, which names the object. If Stripe cannot be read, the command is refused and changes nothing. Before the request is sent again, the engine looks once more. With `callOff`, or if the payout was canceled before, nothing is sent again: the payout ends, and its money becomes payable where it is.',
);
const retryRoute = route(
  'retry',
  'retry-payout',
  'Retry a parked payout after its cause is removed',
  Nothing,
);

/** Routes for a person who decides how a parked payout continues. */
export function payoutCommandRoutes(deps: AppDeps) {
  return createRoutes()
    .openapi(confirmSentRoute, async (c) => {
      const { payoutId } = c.req.valid('param');
      const request = c.req.valid('json');
      const done = await runCommand(c, deps, { kind: 'confirm-sent', request }, (tx) =>
        sent(tx, payoutId, request.stripeId),
      );
      return c.json(done.body, 200);
    })
    .openapi(confirmNotSentRoute, async (c) => {
      const { payoutId } = c.req.valid('param');
      const kind = 'confirm-not-sent';
      const request = c.req.valid('json');
      const by = c.get('caller').id;
      const look = () => lookBefore(deps, payoutId, 'confirm');
      const asked = { kind, request, look, isBrake: request.callOff } as const;
      const done = await runCommand(c, deps, asked, (tx, seen) =>
        notSent(tx, payoutId, { ...request, by, seen }),
      );
      return c.json(done.body, 200);
    })
    .openapi(retryRoute, async (c) => {
      const { payoutId } = c.req.valid('param');
      const done = await runCommand(c, deps, { kind: 'retry-payout', request: {} }, (tx) =>
        retry(tx, payoutId),
      );
      return c.json(done.body, 200);
    });
}

async function sent(tx: Tx, payoutId: PayoutId, stripeId: string) {
  const { parked, unknownStep } = await lock(tx, payoutId);
  if (!parked || !isUnknown(parked)) throw inNoDoubt();
  const prefix = unknownStep === 'transfer' ? 'tr_' : 'po_';
  if (!stripeId.startsWith(prefix)) throw wrongId(`must begin with ${prefix}`);
  const outcome = await confirmSent(tx, payoutId, stripeId);
  if (outcome === 'of-another') throw wrongId('must not belong to another payout');
  if (outcome === 'not-parked') throw inNoDoubt();
  return answerPayout(tx, payoutId);
}

async function notSent(
  tx: Tx,
  payoutId: PayoutId,
  { callOff, by, seen }: { callOff: boolean; by: string; seen: Seen | undefined },
) {
  const { parked } = await lock(tx, payoutId);
  if (!parked || !isUnknown(parked)) throw inNoDoubt();
  const callOffBy = callOff ? by : null;
  const done = await confirmLooked(tx, payoutId, { seen: seen ?? unseen, callOffBy });
  switch (done.kind) {
    case 'found':
      throw foundAtStripe(done.sighting.says, remedyOf(payoutId, done.sighting));
    case 'known': {
      const { object } = done.unexplained;
      const remedy = object === null ? '' : confirmingOf(payoutId, object);
      throw foundAtStripe(sayUnexplained(done.unexplained), remedy);
    }
    case 'changed':
      throw changedMeanwhile();
    case 'done':
      return answerPayout(tx, payoutId);
  }
}

function remedyOf(payoutId: PayoutId, { id, isNamed }: Sighting): string {
  if (isNamed) return confirmingOf(payoutId, id);
  return `If it is another payment, wait until the engine has read the account’s books, and close the discrepancy about it. Otherwise set payout_id to ${payoutId} in its metadata at Stripe. ${confirmingOf(payoutId, id)}`;
}

function confirmingOf(payoutId: PayoutId, stripeId: string): string {
  return `If it belongs to this payout, send POST /v1/payouts/${payoutId}/confirm-sent with {"stripeId": "${stripeId}"}`;
}

function changedMeanwhile(): Problem {
  const detail = 'The payout changed while Stripe was asked. Send the request again';
  return new Problem('unavailable', detail, { headers: { 'retry-after': '1' } });
}

async function retry(tx: Tx, payoutId: PayoutId) {
  const { parked } = await lock(tx, payoutId);
  if (!parked) throw new Problem('payout-not-parked', 'This payout does not wait for a person');
  if (!offers(parked, 'retry')) {
    throw new Problem(
      'payout-not-parked',
      'First confirm whether Stripe has the transfer or payout. `parked.commands` lists the requests',
    );
  }
  await retryRefused(tx, payoutId);
  return answerPayout(tx, payoutId);
}

async function lock(tx: Tx, payoutId: PayoutId) {
  const parked = await lockParked(tx, payoutId);
  if (!parked) throw new Problem('unknown-payout', 'No payout has this id');
  return parked;
}

function inNoDoubt(): Problem {
  return new Problem(
    'payout-not-parked',
    'This payout does not wait for a confirmation that it was sent',
  );
}

function wrongId(rule: string): Problem {
  return brokenRule('body', ['stripeId'], rule);
}
