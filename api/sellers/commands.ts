import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { Tx } from '../../db/connect.ts';
import * as orders from '../../db/sellers/commands.ts';
import type { SellerCommand } from '../../db/sellers/commands.ts';
import type { CommandKind } from '../../domain/commands/kinds.ts';
import type { SellerId } from '../../domain/ids.ts';
import { endsOf, type OpenCounts, type OpenThings } from '../../domain/sellers.ts';
import { runCommand } from '../http/commands.ts';
import { type AppDeps, type AppEnv, createRoutes } from '../http/context.ts';
import { defineRoute } from '../http/define-route.ts';
import { readSeller } from '../http/found.ts';
import { Problem } from '../http/problems.ts';
import * as schemas from '../http/schemas.ts';
import { answer, body, SellerParams } from '../http/schemas.ts';
import { Seller, toSeller } from './routes.ts';

type Name = 'close' | 'reopen';

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

const closeRoute = route(
  'close',
  'Close a seller',
  'Refused while the seller has money, an open payout, a payout that the bank may still return, or an active hold. The problem counts them, lists the first of each kind in `open`, and the requests that end them in `commands`. Earnings that are not owed are withdrawn.',
);
const reopenRoute = route(
  'reopen',
  'Reopen a closed seller',
  'The engine reads the account from Stripe again, and the seller’s new status depends on the account. Its pauses remain in place.',
);

/** Routes that close and reopen a seller. */
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
    .openapi(closeRoute, async (c) => {
      const asked = { ...c.req.valid('param'), ...c.req.valid('json') };
      return c.json(await run(c, 'close-seller', asked, close), 200);
    })
    .openapi(reopenRoute, async (c) => {
      const asked = { ...c.req.valid('param'), ...c.req.valid('json') };
      return c.json(await run(c, 'reopen-seller', asked, reopen), 200);
    });
}

async function close(tx: Tx, order: SellerCommand): Promise<void> {
  await readSeller(tx, order.sellerId);
  const open = await orders.closeSeller(tx, order);
  if (open === 'closed') return;
  const { counts, ...things } = open;
  const { keptHolds: _, ...shown } = things;
  const commands = endsOf(order.sellerId, things);
  throw new Problem('seller-not-settled', inWords(things, counts), { open: shown, commands });
}

async function reopen(tx: Tx, order: SellerCommand): Promise<void> {
  await readSeller(tx, order.sellerId);
  await orders.reopenSeller(tx, order);
}

function inWords({ money }: OpenThings, counts: OpenCounts): string {
  const named = Object.entries({ balances: money.length, ...counts })
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`);
  return `Still open: ${named.join(', ')}. \`commands\` lists the requests that end them`;
}
