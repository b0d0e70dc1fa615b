import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Tx } from '../../db/connect.ts';
import { findEarning } from '../../db/earnings/views.ts';
import {
  changeEarning,
  type ChangeOrder,
} from '../../db/reconciliation/charges/earning-changes.ts';
import { sayChangeRefusal } from '../../domain/earnings/changes.ts';
import { isInFlight } from '../../domain/payouts/states.ts';
import { runCommand } from '../http/commands.ts';
import { type AppDeps, type AppEnv, createRoutes } from '../http/context.ts';
import { defineRoute } from '../http/define-route.ts';
import { Problem } from '../http/problems.ts';
import * as schemas from '../http/schemas.ts';
import { answer, body } from '../http/schemas.ts';
import { lookAtCharges } from './charges.ts';
import { refuseHugeSum } from './routes.ts';
import { ChargeId, EarningDetails, EarningParams } from './schemas.ts';

const reason = schemas.text(500);

const withdrawRoute = defineRoute({
  method: 'post',
  path: '/v1/earnings/{earningId}/withdraw',
  command: 'withdraw-earning',
  operationId: 'withdrawEarning',
  summary: 'Withdraw an earning that is not owed',
  description:
    'The platform owes the seller the amount no longer, and the ledger has an entry for this. Holds and discrepancies about the charge of the earning end. A withdrawal cannot be undone: create another earning instead. Refused while payouts contain a part of the earning, and for income that came to the account at Stripe. If an earlier transfer already brought the money to the account, reverse this transfer at Stripe.',
  tags: ['Earnings'],
  request: {
    params: EarningParams,
    headers: schemas.CommandHeaders,
    body: body(z.strictObject({ reason }).openapi('WithdrawalReason')),
  },
  responses: { 200: answer(EarningDetails, 'The withdrawn earning') },
});

const CorrectionBody = z
  .strictObject({
    reason,
    amount: schemas.Amount.optional(),
    charge: ChargeId.nullable()
      .optional()
      .openapi({ description: 'The right charge. Null if no charge brought the money' }),
  })
  .refine(({ amount, charge }) => amount !== undefined || charge !== undefined, {
    error: 'must have an `amount` or a `charge`',
  })
  .openapi('EarningCorrection');

const correctRoute = defineRoute({
  method: 'post',
  path: '/v1/earnings/{earningId}/correct',
  command: 'correct-earning',
  operationId: 'correctEarning',
  summary: 'Correct the amount or the charge of an earning',
  description:
    'Fields that are absent stay as they are. Holds and discrepancies about the old charge and amount end, and an earning with a charge is payable only after the charge was read again. What payouts contain cannot be changed: the amount cannot fall below this part, and the charge of this part stays.',
  tags: ['Earnings'],
  request: {
    params: EarningParams,
    headers: schemas.CommandHeaders,
    body: body(CorrectionBody),
  },
  responses: { 200: answer(EarningDetails, 'The corrected earning') },
});

/** Routes that withdraw and correct earnings, before payouts contain them. */
export function earningCommandRoutes(deps: AppDeps) {
  const run = async (
    c: Context<AppEnv>,
    kind: 'withdraw-earning' | 'correct-earning',
    asked: Omit<ChangeOrder, 'by'>,
  ) => {
    const order = { ...asked, by: c.get('caller').id };
    const look = () => lookAtNewCharge(deps, asked);
    const done = await runCommand(c, deps, { kind, request: asked, look }, (tx) =>
      change(tx, order),
    );
    return done.body;
  };
  return createRoutes()
    .openapi(withdrawRoute, async (c) => {
      const asked = { ...c.req.valid('param'), ...c.req.valid('json') };
      const order = { ...asked, order: { kind: 'withdraw' as const } };
      return c.json(await run(c, 'withdraw-earning', order), 200);
    })
    .openapi(correctRoute, async (c) => {
      const { earningId } = c.req.valid('param');
      const { reason: why, ...corrected } = c.req.valid('json');
      const order = { kind: 'correct' as const, ...corrected };
      return c.json(await run(c, 'correct-earning', { earningId, order, reason: why }), 200);
    });
}

/** Looks at the charge that a correction names, as when an earning is created. */
async function lookAtNewCharge(deps: AppDeps, { earningId, order }: Omit<ChangeOrder, 'by'>) {
  const charge = order.kind === 'correct' ? order.charge : null;
  const earning = charge ? await findEarning(deps.db, earningId) : undefined;
  if (!charge || !earning) return;
  await lookAtCharges(deps, earning.sellerId, [{ charge, pointer: '/charge' }]);
}

async function change(tx: Tx, asked: ChangeOrder) {
  const { earningId } = asked;
  const changed = await changeEarning(tx, asked).catch(refuseHugeSum);
  if (changed.kind === 'refuse') {
    const payouts = changed.payouts.map(({ payoutId, status }) => {
      return { payoutId, isSent: !isInFlight(status) };
    });
    const detail = sayChangeRefusal(changed.why, changed.earning, payouts);
    throw new Problem('earning-not-changeable', detail);
  }
  const earning = changed.kind === 'done' && (await findEarning(tx, earningId));
  if (!earning) throw new Problem('unknown-earning', 'No earning has this id');
  return { status: 200, body: earning, objectId: earningId };
}
