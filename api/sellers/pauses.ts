import { z } from '@hono/zod-openapi';
import type { Tx } from '../../db/connect.ts';
import type { SellerCommand } from '../../db/sellers/commands.ts';
import { findPause, pauseSeller, resumeSeller } from '../../db/sellers/pauses.ts';
import { sayPauses, type SellerPause } from '../../domain/holds.ts';
import { isSellerPauseId, type SellerPauseId } from '../../domain/ids.ts';
import { runCommand } from '../http/commands.ts';
import { type AppDeps, createRoutes } from '../http/context.ts';
import { defineRoute } from '../http/define-route.ts';
import { readOpenSeller, readSeller } from '../http/found.ts';
import { Problem } from '../http/problems.ts';
import { answer, body, CommandHeaders, SellerParams, text } from '../http/schemas.ts';
import { NotStopped, showNotStopped } from '../payouts/not-stopped.ts';
import { Seller, showPause, toSeller } from './routes.ts';

const Paused = z
  .object({
    ...Seller.shape,
    pauseId: z.string().openapi({ description: 'The pause of this request' }),
    notStopped: NotStopped,
  })
  .openapi('PausedSeller');

const Resumed = z
  .object({
    ...Seller.shape,
    liftedPauseId: z
      .string()
      .nullable()
      .openapi({ description: 'The pause that this request lifted. Null if none was open' }),
  })
  .openapi('ResumedSeller');

const pauseRoute = defineRoute({
  method: 'post',
  path: '/v1/sellers/{sellerId}/pause',
  command: 'pause-seller',
  operationId: 'pauseSeller',
  summary: 'Pause the payouts of a seller',
  description:
    'Opens a pause with this reason, beside any other open pause. Nothing more is sent for the seller while any pause is open, not even for payouts whose money is already reserved. A request that is on its way to Stripe at this moment is completed; if its answer is lost, the engine looks its outcome up and does not repeat it. A payout that Stripe already has continues; cancel it to stop it. `notStopped` names such payouts. The same reason under the same API key is the same pause.',
  tags: ['Sellers'],
  request: {
    params: SellerParams,
    headers: CommandHeaders,
    body: body(z.strictObject({ reason: text(500) }).openapi('PauseReason')),
  },
  responses: { 200: answer(Paused, 'The seller after the command') },
});

const Lift = z
  .strictObject({
    reason: text(500),
    pauseId: z
      .custom<SellerPauseId>(
        (id) => typeof id === 'string' && isSellerPauseId(id),
        'must be the id of a pause',
      )
      .optional()
      .openapi({
        type: 'string',
        example: 'pause_0123456789abcdefghjk',
        description:
          'The pause to lift. May be absent only if a single pause is open and this API key ordered it',
      }),
  })
  .openapi('LiftPause');

const resumeRoute = defineRoute({
  method: 'post',
  path: '/v1/sellers/{sellerId}/resume',
  command: 'resume-seller',
  operationId: 'resumeSeller',
  summary: 'Lift one pause of a seller',
  description:
    'Lifts the named pause and no other. When the last pause is lifted, payouts that wait because of the pause continue immediately. First ask whoever paused the seller. Holds remain active.',
  tags: ['Sellers'],
  request: { params: SellerParams, headers: CommandHeaders, body: body(Lift) },
  responses: { 200: answer(Resumed, 'The seller after the command, with the pauses still open') },
});

/** Routes that pause a seller, and lift one pause. */
export function sellerPauseRoutes(deps: AppDeps) {
  return createRoutes()
    .openapi(pauseRoute, async (c) => {
      const { sellerId } = c.req.valid('param');
      const order = { sellerId, ...c.req.valid('json'), by: c.get('caller').id };
      const asked = { kind: 'pause-seller' as const, request: c.req.valid('json') };
      const done = await runCommand(c, deps, asked, async (tx) => {
        await readOpenSeller(tx, sellerId);
        const pauseId = await pauseSeller(tx, order);
        const notStopped = await showNotStopped(tx, { sellerId, currency: null });
        const shown = { ...toSeller(await readSeller(tx, sellerId)), pauseId, notStopped };
        return { status: 200, body: shown, objectId: sellerId };
      });
      return c.json(done.body, 200);
    })
    .openapi(resumeRoute, async (c) => {
      const { sellerId } = c.req.valid('param');
      const order = { sellerId, ...c.req.valid('json'), by: c.get('caller').id };
      const asked = { kind: 'resume-seller' as const, request: c.req.valid('json') };
      const done = await runCommand(c, deps, asked, async (tx) => {
        const liftedPauseId = await lift(tx, order);
        const shown = { ...toSeller(await readSeller(tx, sellerId)), liftedPauseId };
        return { status: 200, body: shown, objectId: sellerId };
      });
      return c.json(done.body, 200);
    });
}

type Lifting = SellerCommand & { pauseId?: SellerPauseId | undefined };

/** Lifts one pause. Returns its id, or null if no pause was open. */
async function lift(tx: Tx, order: Lifting): Promise<SellerPauseId | null> {
  await readSeller(tx, order.sellerId);
  const plan = await resumeSeller(tx, order);
  switch (plan.kind) {
    case 'lift':
      return plan.lifted.id;
    case 'nothing-to-lift':
      return null;
    case 'refuse':
      if (plan.why === 'not-open') throw await notOpen(tx, order);
      throw notNamed((await readSeller(tx, order.sellerId)).pauses);
  }
}

function notNamed(pauses: readonly SellerPause[]): Problem {
  return new Problem(
    'seller-pause-not-named',
    `Nothing was lifted, and nothing is paid to the seller. Name the pause to lift with \`pauseId\`, after you have asked whoever paused the seller. Open: ${sayPauses(pauses)}`,
    { pauses: pauses.map(showPause) },
  );
}

async function notOpen(tx: Tx, { sellerId, pauseId }: Lifting): Promise<Problem> {
  const pause = pauseId && (await findPause(tx, { sellerId, pauseId }));
  if (!pause) return new Problem('unknown-seller-pause', 'No pause of this seller has this id');
  return new Problem(
    'seller-pause-lifted',
    'This pause was lifted before, and this request changed nothing. The seller lists the open pauses in `pauses`',
  );
}
