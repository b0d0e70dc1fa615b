import { z } from '@hono/zod-openapi';
import { readBalances } from '../../db/funds.ts';
import { listSellers, type NewSeller, recordSeller } from '../../db/sellers/rows.ts';
import { capabilityFailureOf } from '../../domain/accounts/capabilities.ts';
import type { SellerRecord } from '../../domain/explanations/facts.ts';
import { sayWhoPaused, type SellerPause } from '../../domain/holds.ts';
import { isSellerId, type SellerId } from '../../domain/ids.ts';
import { money } from '../../domain/money.ts';
import { paysByItself } from '../../domain/paydays/schedule.ts';
import { usualCurrency } from '../../domain/routing/currencies.ts';
import { flows, route, sayRoute } from '../../domain/routing/route.ts';
import { sellerStatuses } from '../../domain/sellers.ts';
import { waitNames } from '../../domain/waits.ts';
import { showRequirements } from '../accounts/requirements.ts';
import { Failure, Requirement } from '../accounts/schemas.ts';
import { runCommand } from '../http/commands.ts';
import { type AppDeps, createRoutes } from '../http/context.ts';
import { defineRoute } from '../http/define-route.ts';
import { readInstallation, readSeller } from '../http/found.ts';
import { afterOf, pageOf, PageQuery, toPage } from '../http/pages.ts';
import { Problem } from '../http/problems.ts';
import * as schemas from '../http/schemas.ts';
import { answer, body, SellerParams } from '../http/schemas.ts';
import { getBalances } from '../ledger/balances.ts';
import { addStripes } from '../ledger/stripe-balances.ts';
import { GivenSchedule, Schedule } from '../paydays/schemas.ts';
import { changeSchedule } from './change-schedule.ts';

const NewSellerBody = z
  .strictObject({
    id: schemas.SellerFilter.openapi({
      description:
        'The old id of a seller that was lost when a backup was restored. With this id, the engine finds the seller’s account at Stripe again. Do not use it for other sellers',
    }),
    externalId: schemas.ExternalId.optional(),
    email: z
      .email({ error: schemas.ifGiven('must be an email address') })
      .max(254, 'must have at most 254 characters'),
    displayName: schemas.text(255).optional(),
    country: schemas.Country,
    currency: schemas.Currency.optional().openapi({
      description: 'By default, the currency of the country',
    }),
    flow: z.enum(flows).default('transfer').openapi({
      description:
        'How buyers pay this seller, as in `GET /v1/routes`. A seller without a route is refused. With `direct`, a seller is accepted to whom the platform cannot send money; then only money that comes directly to the account is paid out',
    }),
    entityType: z.enum(['individual', 'company']).default('individual'),
    metadata: schemas.Metadata.default({}),
    schedule: GivenSchedule.optional().openapi({
      description: 'By default, the interval is `manual`',
    }),
  })
  .openapi('NewSeller');

const Pause = z
  .object({
    id: z.string(),
    reason: z.string(),
    pausedBy: z.string().openapi({ description: 'The id of an API key' }),
    pausedByName: z.string().openapi({ description: 'The name of the API key' }),
    pausedAt: schemas.Instant,
    confirmedAt: schemas.Instant.openapi({
      description: 'When the same pause was ordered for the last time',
    }),
    ask: z.string().openapi({ description: 'Who must be asked first' }),
  })
  .openapi('SellerPause');

const Order = z.object({ since: schemas.Instant, by: z.string(), reason: z.string() }).nullable();

const CapabilityReason = z.object({
  capability: z.enum(['transfers', 'payouts']),
  code: z.string(),
  resolution: z
    .string()
    .openapi({ description: 'How the capability can become active, as a code of Stripe' }),
  ...Failure.shape,
});

/** A seller in the API's answers. */
export const Seller = z
  .object({
    id: z.string(),
    externalId: z.string().nullable(),
    status: z.enum(sellerStatuses),
    email: z.string(),
    displayName: z.string().nullable(),
    country: z.string(),
    currency: z.string(),
    flow: z.enum(flows).openapi({ description: 'How buyers pay this seller' }),
    entityType: z.enum(['individual', 'company']),
    metadata: z.record(z.string(), z.string()),
    stripeAccount: z.string().nullable(),
    capabilities: z.object({
      transfers: z.string().nullable(),
      payouts: z.string().nullable(),
      reasons: z
        .array(CapabilityReason)
        .openapi({ description: 'Why a capability is not active, with Stripe’s codes' }),
    }),
    accountReadAt: schemas.Instant.nullable(),
    payoutsManualAt: schemas.Instant.nullable(),
    schedule: Schedule,
    nextPayoutAt: schemas.Instant.nullable().openapi({
      description:
        'The first payday that was not opened yet. If it is in the past, the latest payday that has passed is opened as soon as the seller is active and not paused',
    }),
    lookAgainAt: schemas.Instant.nullable(),
    parked: z.string().nullable(),
    pauses: z.array(Pause).openapi({
      description: 'The open pauses, oldest first. No payout starts while there is one',
    }),
    closed: Order,
    reopened: Order.openapi({ description: 'The last reopening. Null if there was none' }),
    createdAt: schemas.Instant,
  })
  .openapi('Seller');

/** A seller with Stripe's requirements. */
export const SellerDetails = z
  .object({
    ...Seller.shape,
    requirements: z
      .array(Requirement)
      .openapi({ description: 'Stripe’s requirements, as last read' }),
  })
  .openapi('SellerDetails');

const createSeller = defineRoute({
  method: 'post',
  path: '/v1/sellers',
  command: 'create-seller',
  operationId: 'createSeller',
  summary: 'Create a seller',
  tags: ['Sellers'],
  request: { headers: schemas.CommandHeaders, body: body(NewSellerBody) },
  responses: {
    200: answer(SellerDetails, 'The seller that already exists under this externalId or id'),
    201: answer(SellerDetails, 'The new seller'),
  },
});

const getSeller = defineRoute({
  method: 'get',
  path: '/v1/sellers/{sellerId}',
  operationId: 'getSeller',
  summary: 'Get a seller',
  tags: ['Sellers'],
  request: { params: SellerParams },
  responses: { 200: answer(SellerDetails, 'The seller') },
});

const getSellers = defineRoute({
  method: 'get',
  path: '/v1/sellers',
  operationId: 'listSellers',
  summary: 'List sellers or find a seller, newest first',
  tags: ['Sellers'],
  request: {
    query: z.strictObject({
      externalId: schemas.ExternalId.optional(),
      email: schemas.text(254).optional().openapi({
        description: 'The whole email address, in any spelling of its letters',
      }),
      name: schemas.text(255).optional().openapi({
        description: 'Words of the display name. The last word may be incomplete',
      }),
      status: z.enum(sellerStatuses).optional(),
      country: schemas.Country.optional(),
      ...PageQuery,
    }),
  },
  responses: { 200: answer(pageOf(Seller), 'A page of sellers') },
});

/** Routes that create and read sellers, and read their balances. */
export function sellerRoutes(deps: AppDeps) {
  const { db } = deps;
  return createRoutes()
    .openapi(createSeller, async (c) => {
      const { schedule, ...given } = c.req.valid('json');
      const seller = {
        ...given,
        externalId: given.externalId ?? null,
        displayName: given.displayName ?? null,
        currency: given.currency ?? usualCurrency(given.country),
      };
      const more = schedule && { schedule };
      const done = await runCommand(
        c,
        deps,
        { kind: 'create-seller', request: { ...seller, ...more } },
        (tx) => create(tx, seller, schedule),
      );
      return c.json(done.body, done.status);
    })
    .openapi(getSeller, async (c) =>
      c.json(await toDetails(db, await readSeller(db, c.req.valid('param').sellerId)), 200),
    )
    .openapi(getSellers, async (c) => {
      const { cursor, limit, ...filter } = c.req.valid('query');
      const rows = await listSellers(db, { ...filter, limit, after: afterOf(cursor, isSellerId) });
      return c.json(toPage(rows, limit, toSeller), 200);
    })
    .openapi(getBalances, async (c) => {
      const seller = await readSeller(db, c.req.valid('param').sellerId);
      const besideStripe = c.req.valid('query').stripe === 'true';
      const balances = await readBalances(db, seller.id);
      const shown = besideStripe ? await addStripes(deps, seller, balances) : balances;
      const data = shown.map((balance) => ({
        ...balance,
        payable: money(balance.payable, balance.currency),
        held: money(balance.held, balance.currency),
        notYetAvailable: money(balance.notYetAvailable, balance.currency),
      }));
      return c.json({ data }, 200);
    });
}

async function create(
  tx: Parameters<typeof recordSeller>[0],
  asked: NewSeller & { id?: SellerId | undefined },
  schedule: Schedule | undefined,
) {
  const { seller, isNew } = await recordSeller(tx, asked);
  if (!isNew && asked.id !== undefined && !(seller.id === asked.id && isSame(seller, asked))) {
    throw new Problem(
      'seller-id-taken',
      seller.id === asked.id
        ? `A seller with this id and other details exists: ${seller.id}`
        : `Seller ${seller.id} has this externalId. Leave externalId out, and do not post the same earnings for both sellers`,
    );
  }
  if (!isNew && !isSame(seller, asked)) {
    throw new Problem(
      'external-id-taken',
      `A seller with other details has this externalId: ${seller.id}`,
    );
  }
  if (isNew) await refuseWithoutRoute(tx, asked);
  if (isNew && schedule && paysByItself(schedule)) await changeSchedule(tx, seller, schedule);
  return {
    status: isNew ? (201 as const) : (200 as const),
    body: await toDetails(tx, isNew ? await readSeller(tx, seller.id) : seller),
    objectId: seller.id,
  };
}

/** Refuses a seller whom the platform’s money cannot reach. Nothing is created. */
async function refuseWithoutRoute(
  tx: Parameters<typeof recordSeller>[0],
  { country, currency, flow }: NewSeller,
): Promise<void> {
  const platform = (await readInstallation(tx)).platformCountry;
  const facts = { platform, seller: country, currency, flow, agreement: 'full' } as const;
  const found = route(facts);
  if (found.outcome !== 'unsupported') return;
  const rule = sayRoute(found, facts);
  const errors = [{ in: 'body' as const, pointer: '/country', rule }];
  throw new Problem(waitNames.noRoute, rule, { errors });
}

function isSame(standing: SellerRecord, asked: NewSeller): boolean {
  const { externalId, email, displayName, country, currency, flow, metadata } = asked;
  const { entityType } = asked;
  const fields = { externalId, email, displayName, country, currency, flow, entityType } as const;
  const names = Object.keys(metadata);
  return (
    Object.entries(fields).every(
      ([name, value]) => standing[name as keyof typeof fields] === value,
    ) &&
    names.length === Object.keys(standing.metadata).length &&
    names.every((name) => standing.metadata[name] === metadata[name])
  );
}

/** Converts a seller for an answer, and adds Stripe's requirements. */
export async function toDetails(db: AppDeps['db'], seller: SellerRecord) {
  const requirements = await showRequirements(db, seller.id);
  return { ...toSeller(seller), requirements };
}

/** Converts a seller for an answer. */
export function toSeller(seller: SellerRecord) {
  const { transfersCapability, payoutsCapability, capabilityDetails, pauses, ...shown } = seller;
  const reasons = capabilityDetails.map((detail) => {
    return { ...detail, ...capabilityFailureOf(detail.code, detail.resolution) };
  });
  const capabilities = { transfers: transfersCapability, payouts: payoutsCapability, reasons };
  return { ...shown, pauses: pauses.map(showPause), capabilities };
}

/** Converts a pause for an answer, and adds whom to ask before it is lifted. */
export function showPause(pause: SellerPause) {
  return { ...pause, ask: sayWhoPaused(pause) };
}
