import { z } from '@hono/zod-openapi';
import { listSellerEntries } from '../../db/ledger.ts';
import { entryTexts } from '../../domain/explanations/timeline.ts';
import { entryKinds, places } from '../../domain/ledger.ts';
import { money } from '../../domain/money.ts';
import { type AppDeps, createRoutes } from '../http/context.ts';
import { readSeller } from '../http/found.ts';
import { afterOf, pageOf, PageQuery, toPage } from '../http/pages.ts';
import { defineRoute } from '../http/define-route.ts';
import * as schemas from '../http/schemas.ts';
import { answer, SellerParams } from '../http/schemas.ts';

const Entry = z
  .object({
    id: z.string(),
    at: schemas.Instant,
    kind: z.enum(entryKinds),
    text: z.string(),
    money: schemas.Money,
    from: z.enum(places),
    to: z.enum(places),
    payoutId: z.string().nullable(),
    stripeId: z.string().nullable(),
  })
  .openapi('Entry');

const getEntries = defineRoute({
  method: 'get',
  path: '/v1/sellers/{sellerId}/entries',
  operationId: 'listEntries',
  summary: 'List the movements of a seller’s money, newest first',
  description: 'The kind `foreign` means a movement at Stripe that the engine did not order.',
  tags: ['Sellers'],
  request: {
    params: SellerParams,
    query: z.strictObject({ kind: z.enum(entryKinds).optional(), ...PageQuery }),
  },
  responses: { 200: answer(pageOf(Entry), 'A page of movements') },
});

/** The route that lists a seller's ledger entries. */
export function entryRoutes({ db }: AppDeps) {
  return createRoutes().openapi(getEntries, async (c) => {
    const { id: sellerId } = await readSeller(db, c.req.valid('param').sellerId);
    const { cursor, limit, kind } = c.req.valid('query');
    const before = afterOf(cursor, isEntryId);
    const rows = await listSellerEntries(db, { sellerId, kind, before, limit });
    const shown = toPage(rows, limit, ({ currency, amount, ...entry }) => ({
      ...entry,
      text: entryTexts[entry.kind],
      money: money(amount, currency),
    }));
    return c.json(shown, 200);
  });
}

function isEntryId(id: string): id is `${number}` {
  return /^[1-9]\d{0,17}$/.test(id);
}
