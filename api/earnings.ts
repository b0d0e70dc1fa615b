import { createRoute, z } from '@hono/zod-openapi';
import type { Tx } from '../db/connect.ts';
import {
  listEarnings,
  recordEarning,
  type EarningRecord,
  type NewEarning,
} from '../db/earnings.ts';
import { isEarningId } from '../domain/ids.ts';
import { runCommand } from './commands.ts';
import { createRoutes, type AppDeps } from './context.ts';
import { afterOf, pageOf, PageQuery, toPage } from './pages.ts';
import { Problem } from './problems.ts';
import * as schemas from './schemas.ts';
import { answer, body, refusals, SellerParams } from './schemas.ts';
import { readSeller } from './sellers.ts';

const NewEarningBody = z
  .strictObject({
    externalId: schemas.ExternalId.optional(),
    amount: schemas.Amount,
    currency: schemas.Currency,
    charge: z
      .string()
      .regex(/^(ch|py)_[A-Za-z0-9_]{1,200}$/, 'must be the id of a charge, ch_ or py_')
      .optional()
      .openapi({ description: 'Payable when the money of this charge is' }),
    availableOn: schemas.GivenInstant.optional().openapi({
      description: 'Payable from then; with neither charge nor this, at once',
    }),
    description: schemas.text(1000).optional(),
  })
  .refine((earning) => earning.charge === undefined || earning.availableOn === undefined, {
    path: ['availableOn'],
    error: 'must be absent with a charge, which says by itself when its money is payable',
  })
  .openapi('NewEarning');

const Earning = z
  .object({
    id: z.string(),
    sellerId: z.string(),
    externalId: z.string().nullable(),
    amount: z.int(),
    currency: z.string(),
    charge: z.string().nullable(),
    availableOn: schemas.Instant.nullable().openapi({ description: 'Null until the charge said' }),
    description: z.string().nullable(),
    allocated: z.int().openapi({ description: 'How much of it payouts carry already' }),
    createdAt: schemas.Instant,
  })
  .openapi('Earning');

const createEarning = createRoute({
  method: 'post',
  path: '/v1/sellers/{sellerId}/earnings',
  operationId: 'createEarning',
  summary: 'Owe a seller more',
  request: { params: SellerParams, headers: schemas.CommandHeaders, body: body(NewEarningBody) },
  responses: {
    200: answer(Earning, 'The earning that stands under this externalId'),
    201: answer(Earning, 'The earning'),
    ...refusals,
  },
});

const getEarnings = createRoute({
  method: 'get',
  path: '/v1/sellers/{sellerId}/earnings',
  operationId: 'listEarnings',
  summary: 'What a seller earned, newest first',
  request: {
    params: SellerParams,
    query: z.strictObject({ externalId: schemas.ExternalId.optional(), ...PageQuery }),
  },
  responses: { 200: answer(pageOf(Earning), 'A page of earnings'), ...refusals },
});

/** What the platform owes its sellers. */
export function earningRoutes(deps: AppDeps) {
  const { db } = deps;
  return createRoutes()
    .openapi(createEarning, async (c) => {
      const given = c.req.valid('json');
      const earning: NewEarning = {
        sellerId: c.req.valid('param').sellerId,
        externalId: given.externalId ?? null,
        amount: given.amount,
        currency: given.currency,
        charge: given.charge ?? null,
        availableOn: given.availableOn ? new Date(given.availableOn).toISOString() : null,
        description: given.description ?? null,
      };
      const done = await runCommand(c, deps, { kind: 'create-earning', request: earning }, (tx) =>
        create(tx, earning),
      );
      return c.json(done.body, done.status);
    })
    .openapi(getEarnings, async (c) => {
      const { id: sellerId } = await readSeller(db, c.req.valid('param').sellerId);
      const { cursor, limit, externalId } = c.req.valid('query');
      const after = afterOf(cursor, isEarningId);
      const rows = await listEarnings(db, { sellerId, externalId, limit, after });
      return c.json(
        toPage(rows, limit, (earning) => earning),
        200,
      );
    });
}

async function create(tx: Tx, asked: NewEarning) {
  const { status } = await readSeller(tx, asked.sellerId);
  if (status === 'closed') throw new Problem('seller-closed', 'A closed seller earns no more');
  const { earning, isNew } = await recordEarning(tx, asked).catch(refuseHugeSum);
  if (!isNew && !isSame(earning, asked)) {
    throw new Problem('external-id-taken', `Another earning has this externalId: ${earning.id}`);
  }
  return { status: isNew ? (201 as const) : (200 as const), body: earning, objectId: earning.id };
}

function isSame(standing: EarningRecord, asked: NewEarning): boolean {
  // An earning with a charge learns its date later; one without either has that of its making.
  const date = asked.availableOn ?? standing.createdAt;
  return (
    standing.amount === asked.amount &&
    standing.currency === asked.currency &&
    standing.charge === asked.charge &&
    standing.description === asked.description &&
    (asked.charge !== null || standing.availableOn === date)
  );
}

/** A sum beyond whole numbers would be read wrongly ever after. */
function refuseHugeSum(error: unknown): never {
  const constraint = error instanceof Error && 'constraint' in error ? error.constraint : undefined;
  if (constraint !== 'sums_stay_whole_numbers') throw error;
  const rule = 'must not bring what the seller earned above 9007199254740991 in all';
  throw new Problem('invalid-request', `/amount: ${rule}`, {
    errors: [{ in: 'body', pointer: '/amount', rule }],
  });
}
