import { z } from '@hono/zod-openapi';
import type { Tx } from '../../db/connect.ts';
import * as discrepancies from '../../db/reconciliation/discrepancies.ts';
import { closeWithOutcome } from '../../db/reconciliation/outcomes.ts';
import { readReconciliation } from '../../db/reconciliation/progress.ts';
import { type DiscrepancyId, isDiscrepancyId } from '../../domain/ids.ts';
import { causeNames, outcomes } from '../../domain/reconciliation/discrepancies.ts';
import { explainDiscrepancy, sayClosingRefusal } from '../../domain/reconciliation/words.ts';
import { runCommand } from '../http/commands.ts';
import { type AppDeps, createRoutes } from '../http/context.ts';
import { afterOf, pageOf, PageQuery, toPage } from '../http/pages.ts';
import { Problem } from '../http/problems.ts';
import { defineRoute } from '../http/define-route.ts';
import * as schemas from '../http/schemas.ts';
import { answer, body } from '../http/schemas.ts';
import { Discrepancy, Reconciliation, toReconciliation } from './schemas.ts';

const DiscrepancyParams = z.object({
  discrepancyId: z
    .custom<DiscrepancyId>((id) => typeof id === 'string' && isDiscrepancyId(id))
    .openapi({ type: 'string', param: { name: 'discrepancyId', in: 'path' } }),
});

const tags = ['Reconciliation'];

const listRoute = defineRoute({
  method: 'get',
  path: '/v1/discrepancies',
  operationId: 'listDiscrepancies',
  summary: 'List discrepancies between the ledger and Stripe, newest first',
  tags,
  request: {
    query: z.strictObject({
      state: z.enum(['open', 'closed']).optional(),
      sellerId: schemas.SellerFilter,
      cause: z.enum(causeNames).optional(),
      currency: schemas.Currency.optional().openapi({ description: 'The currency of either side' }),
      ...PageQuery,
    }),
  },
  responses: { 200: answer(pageOf(Discrepancy), 'A page of discrepancies') },
});

const readRoute = defineRoute({
  method: 'get',
  path: '/v1/discrepancies/{discrepancyId}',
  operationId: 'getDiscrepancy',
  summary: 'Get a discrepancy',
  description: 'The answer names the cause, the amount on each side, and who must act.',
  tags,
  request: { params: DiscrepancyParams },
  responses: { 200: answer(Discrepancy, 'The discrepancy') },
});

const closeRoute = defineRoute({
  method: 'post',
  path: '/v1/discrepancies/{discrepancyId}/close',
  command: 'close-discrepancy',
  operationId: 'closeDiscrepancy',
  summary: 'Close a discrepancy',
  description:
    'Records the reason. The engine never opens a closed discrepancy again. If money went to the seller without an order, `outcome` says what it was for. With `owed`, the money counts as paid: a transfer reduces what the platform owes and its hold is released, and a payout gets the oldest earnings. With `not-owed`, as much is owed to the seller as before. Until such a discrepancy is closed, nothing new is sent to the seller in its currency; money that left the account stops only payouts that had reserved money before.',
  tags,
  request: {
    params: DiscrepancyParams,
    headers: schemas.CommandHeaders,
    body: body(
      z
        .strictObject({ reason: schemas.text(500), outcome: z.enum(outcomes).optional() })
        .openapi('CloseReason'),
    ),
  },
  responses: { 200: answer(Discrepancy, 'The closed discrepancy') },
});

const reconciliationRoute = defineRoute({
  method: 'get',
  path: '/v1/reconciliation',
  operationId: 'getReconciliation',
  summary: 'Get the state of the reconciliation',
  description:
    'The answer says how far Stripe’s books were read, and contains the totals and the differences.',
  tags,
  responses: { 200: answer(Reconciliation, 'The state of the reconciliation') },
});

/** Routes that list, read and close discrepancies, and read the state of the reconciliation. */
export function discrepancyRoutes(deps: AppDeps) {
  const { db } = deps;
  return createRoutes()
    .openapi(listRoute, async (c) => {
      const { state, cursor, ...filter } = c.req.valid('query');
      const rows = await discrepancies.listDiscrepancies(db, {
        ...filter,
        open: state && state === 'open',
        after: afterOf(cursor, isDiscrepancyId),
      });
      return c.json(toPage(rows, filter.limit, explainDiscrepancy), 200);
    })
    .openapi(readRoute, async (c) => {
      const { discrepancyId } = c.req.valid('param');
      const found = await discrepancies.findDiscrepancy(db, discrepancyId);
      if (!found) throw unknown();
      return c.json(explainDiscrepancy(found), 200);
    })
    .openapi(closeRoute, async (c) => {
      const { discrepancyId: id } = c.req.valid('param');
      const { reason, outcome } = c.req.valid('json');
      const order = { id, reason, by: c.get('caller').id, outcome: outcome ?? null };
      const request = { id, reason, ...(outcome !== undefined && { outcome }) };
      const asked = { kind: 'close-discrepancy' as const, request };
      const done = await runCommand(c, deps, asked, (tx) => close(tx, order));
      return c.json(done.body, 200);
    })
    .openapi(reconciliationRoute, async (c) =>
      c.json(toReconciliation(await readReconciliation(db)), 200),
    );
}

async function close(tx: Tx, order: discrepancies.Closing) {
  const closed = await closeWithOutcome(tx, order);
  switch (closed.kind) {
    case 'unknown':
      throw unknown();
    case 'closed-before':
      throw new Problem('discrepancy-closed', 'Somebody has already closed this discrepancy');
    case 'refuse': {
      const kind = closed.why === 'outcome-needed' ? closed.why : 'discrepancy-not-closable';
      throw new Problem(kind, sayClosingRefusal(closed.why, closed));
    }
    case 'closed': {
      const body = explainDiscrepancy(closed.discrepancy);
      return { status: 200, body, objectId: order.id };
    }
  }
}

function unknown(): Problem {
  return new Problem('unknown-discrepancy', 'No discrepancy has this id');
}
