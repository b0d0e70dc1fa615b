import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Tx } from '../../db/connect.ts';
import * as orders from '../../db/sellers/commands.ts';
import type { SellerCommand } from '../../db/sellers/commands.ts';
import type { CommandKind } from '../../domain/commands/kinds.ts';
import type { SellerId } from '../../domain/ids.ts';
import type { OpenThings } from '../../domain/sellers.ts';
import { runCommand } from '../http/commands.ts';
import { type AppDeps, type AppEnv, createRoutes } from '../http/context.ts';
import { readOpenSeller, readSeller } from '../http/found.ts';
import { Problem } from '../http/problems.ts';
import { defineRoute } from '../http/define-route.ts';
import * as schemas from '../http/schemas.ts';
import { answer, body, SellerParams } from '../http/schemas.ts';
import { Seller, toSeller } from './routes.ts';

type Name = 'pause' | 'resume' | 'close' | 'reopen';

const Reason = z.strictObject({ reason: schemas.text(500) }).openapi('SellerOrderReason');

const route = (name: Name, summary: string, description: string) =>
  defineRoute({
    method: 'post',
    path: `/v1/sellers/{sellerId}/${name}`,
    command: `${name}-seller`,
    operationId: `${name}Seller`,
    summary,
    tags: ['Sellers'],
    description,
    request: { params: SellerParams, headers: schemas.CommandHeaders, body: body(Reason) },
    responses: { 200: answer(Seller, 'The seller after the command') },
  });

const pauseRoute = route(
  'pause',
  'Pause the payouts of a seller',
  'Nothing more is sent for the seller until the seller is resumed, not even for payouts whose money is already reserved. A request that is on its way to Stripe at this moment is completed; if its answer is lost, the engine looks its outcome up and does not repeat it. A payout that Stripe already has continues; cancel it to stop it. Pausing a paused seller changes nothing.',
);
const resumeRoute = route(
  'resume',
  'Resume the payouts of a paused seller',
  'Payouts that wait because of the pause continue immediately. Holds remain active.',
);
const closeRoute = route(
  'close',
  'Close a seller',
  'Refused while the seller has money, an open payout, a payout that the bank may still return, or an active hold. The problem lists them in `open`.',
);
const reopenRoute = route(
  'reopen',
  'Reopen a closed seller',
  'The engine reads the account from Stripe again, and the seller’s new status depends on the account. If the seller was paused, it remains paused.',
);

/** Routes that pause, resume, close and reopen a seller. */
export function sellerCommandRoutes(deps: AppDeps) {
  const run = async (
    c: Context<AppEnv>,
    kind: CommandKind,
    asked: { sellerId: SellerId; reason: string },
    effect: (tx: Tx, order: SellerCommand) => Promise<unknown>,
  ) => {
    const order = { ...asked, by: c.get('caller').id };
    const done = await runCommand(c, deps, { kind, request: asked }, async (tx) => {
      await effect(tx, order);
      const seller = await readSeller(tx, asked.sellerId);
      return { status: 200, body: toSeller(seller), objectId: asked.sellerId };
    });
    return done.body;
  };
  return createRoutes()
    .openapi(pauseRoute, async (c) => {
      const asked = { ...c.req.valid('param'), ...c.req.valid('json') };
      return c.json(await run(c, 'pause-seller', asked, pause), 200);
    })
    .openapi(resumeRoute, async (c) => {
      const asked = { ...c.req.valid('param'), ...c.req.valid('json') };
      return c.json(await run(c, 'resume-seller', asked, resume), 200);
    })
    .openapi(closeRoute, async (c) => {
      const asked = { ...c.req.valid('param'), ...c.req.valid('json') };
      return c.json(await run(c, 'close-seller', asked, close), 200);
    })
    .openapi(reopenRoute, async (c) => {
      const asked = { ...c.req.valid('param'), ...c.req.valid('json') };
      return c.json(await run(c, 'reopen-seller', asked, reopen), 200);
    });
}

async function pause(tx: Tx, order: SellerCommand): Promise<void> {
  const { paused } = await readOpenSeller(tx, order.sellerId);
  if (!paused) await orders.pauseSeller(tx, order);
}

async function resume(tx: Tx, { sellerId }: SellerCommand): Promise<void> {
  const { paused } = await readSeller(tx, sellerId);
  if (paused) await orders.resumeSeller(tx, sellerId);
}

async function close(tx: Tx, order: SellerCommand): Promise<void> {
  await readSeller(tx, order.sellerId);
  const open = await orders.closeSeller(tx, order);
  if (open === 'closed') return;
  throw new Problem('seller-not-settled', inWords(open), { open });
}

async function reopen(tx: Tx, { sellerId }: SellerCommand): Promise<void> {
  await readSeller(tx, sellerId);
  await orders.reopenSeller(tx, sellerId);
}

function inWords(open: OpenThings): string {
  const { money, payouts, watches, holds } = open;
  const counts = { balances: money, payouts, watches, holds };
  const named = Object.entries(counts)
    .filter(([, things]) => things.length > 0)
    .map(([name, things]) => `${things.length} ${name}`);
  return `Still open: ${named.join(', ')}`;
}
