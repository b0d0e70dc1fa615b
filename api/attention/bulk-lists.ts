import { z } from '@hono/zod-openapi';
import * as lists from '../../db/attention/bulk-lists.ts';
import { finishRun, listUnpaused } from '../../db/attention/bulk-runs.ts';
import type { Tx } from '../../db/connect.ts';
import { pauseSeller } from '../../db/sellers/pauses.ts';
import { attentionKinds, bulkCommands, sumsOf, takesReason } from '../../domain/attention/bulk.ts';
import { bulkWords, type LeftOut, leftOutWords } from '../../domain/attention/words.ts';
import {
  type ApiKeyId,
  type AttentionListId,
  isAttentionListId,
  type PayoutId,
} from '../../domain/ids.ts';
import { runCommand } from '../http/commands.ts';
import { type AppDeps, createRoutes } from '../http/context.ts';
import { defineRoute } from '../http/define-route.ts';
import { Problem } from '../http/problems.ts';
import * as schemas from '../http/schemas.ts';
import { answer, body } from '../http/schemas.ts';
import { lookBefore, unlooked } from '../stripe/looks.ts';
import { Attention, attentionFilters, toAttention } from './routes.ts';

const tags = ['Operations'];
const mostShown = 20;

const Command = z.enum(bulkCommands).openapi('BulkCommand', {
  description: bulkCommands.map((command) => `- \`${command}\`: ${bulkWords[command]}`).join('\n'),
});

const Asked = z
  .strictObject({
    filter: z
      .strictObject(attentionFilters)
      .openapi({ description: '`{}` selects everything that waits for a person' }),
    command: Command,
    reason: schemas.text(500).optional().openapi({
      description:
        'The reason that is recorded with each hold or seller. Required for `release-hold`, `pause-seller` and `resume-seller`, and not allowed for other commands',
    }),
  })
  .superRefine(({ command, reason }, c) => {
    if (takesReason(command) === (reason !== undefined)) return;
    const message = reason === undefined ? 'is required' : `must be absent with ${command}`;
    c.addIssue({ code: 'custom', path: ['reason'], message });
  })
  .openapi('PreviewAttention');

const Token = z
  .custom<AttentionListId>(
    (id) => typeof id === 'string' && isAttentionListId(id),
    'must be the token of a preview',
  )
  .openapi({ type: 'string', example: 'list_0123456789abcdefghjk' });

const Target = z
  .object({ kind: z.enum(['payout', 'seller', 'pause', 'hold', 'bank-account']), id: z.string() })
  .openapi('BulkTarget', { description: 'The object that the command changes' });

const Preview = z
  .object({
    token: z.string().nullable().openapi({ description: 'Null if the command applies to nothing' }),
    expiresAt: schemas.Instant.nullable().openapi({
      description: 'One hour after the preview. The list cannot be run later',
    }),
    command: Command,
    applies: z.object({
      count: z.int(),
      atStake: z.array(schemas.Money),
      first: z.array(z.object({ ...Attention.shape, targets: z.array(Target) })),
    }),
    doesNotApply: z.object({
      count: z.int(),
      first: z.array(z.object({ ...Attention.shape, why: z.string(), whyNot: z.string() })),
    }),
    hasMore: z.boolean().openapi({
      description: `More than the oldest ${lists.mostListed} entries wait. If so, preview again after the run`,
    }),
  })
  .openapi('AttentionPreview');

const List = z
  .object({
    token: z.string(),
    command: Command,
    reason: z.string().nullable(),
    madeBy: z.string(),
    madeAt: schemas.Instant,
    expiresAt: schemas.Instant,
    run: z.union([z.object({ by: z.string(), at: schemas.Instant, reason: z.string() }), z.null()]),
    done: z.int(),
    leftOut: z.int(),
    open: z.int().openapi({ description: 'The number of items without an outcome yet' }),
    items: z.array(
      z.object({
        kind: z.enum(attentionKinds),
        id: z.string(),
        sellerId: z.string().nullable(),
        target: Target,
        outcome: z.enum(['done', 'left-out']).nullable(),
        why: z
          .string()
          .nullable()
          .openapi({ description: 'The code of the reason why this item was left out' }),
        explanation: z.string().nullable(),
      }),
    ),
  })
  .openapi('AttentionList');

const previewRoute = defineRoute({
  method: 'post',
  path: '/v1/attention/preview',
  operationId: 'previewAttention',
  summary: 'Preview a command for everything that matches a filter',
  description: `Nothing changes yet. The token stands for a list of the oldest ${lists.mostListed} entries, as they are now, for one hour. A list that was not run is deleted a day later. Confirmations are not available here, because a person must look at Stripe before each one.`,
  tags,
  request: { body: body(Asked) },
  responses: { 200: answer(Preview, 'What the command would do, and what it would leave out') },
});

const runRoute = defineRoute({
  method: 'post',
  path: '/v1/attention/run',
  command: 'run-attention',
  operationId: 'runAttention',
  summary: 'Run a previewed command once on each listed item',
  description:
    'Items that changed after the preview are left out, with the reason. A list can be run once. If a crash interrupts the run, send the same request again: it finishes the run and returns the same result.',
  tags,
  request: {
    headers: schemas.CommandHeaders,
    body: body(z.strictObject({ token: Token, reason: schemas.text(500) }).openapi('RunAttention')),
  },
  responses: { 200: answer(List, 'The result for each item') },
});

const listRoute = defineRoute({
  method: 'get',
  path: '/v1/attention/lists/{token}',
  operationId: 'getAttentionList',
  summary: 'Get a previewed list and its results',
  tags,
  request: {
    params: z.object({ token: Token.openapi({ param: { name: 'token', in: 'path' } }) }),
  },
  responses: { 200: answer(List, 'The list. A list that was run is kept forever') },
});

/** Routes that preview a command for many objects and then run it on exactly these objects. */
export function attentionListRoutes(deps: AppDeps) {
  const { db } = deps;
  const look = (id: PayoutId) => lookBefore(deps, id, 'confirm').catch(unlooked);
  return createRoutes()
    .openapi(previewRoute, async (c) => {
      const { filter, command, reason = null } = c.req.valid('json');
      const by = c.get('caller').id;
      const made = await lists.makeAttentionList(db, { filter, command, reason, by });
      return c.json(toPreview(command, made), 200);
    })
    .openapi(runRoute, async (c) => {
      const request = c.req.valid('json');
      const order = { id: request.token, by: c.get('caller').id, reason: request.reason };
      const { command } = await readList(db, order.id);
      const asked = {
        kind: 'run-attention' as const,
        request,
        isBrake: command === 'pause-seller',
      };
      const done = await runCommand(c, deps, asked, (tx, _seen, isAgain) =>
        isAgain ? pauseAgain(tx, order) : begin(tx, order),
      );
      const list = await readList(db, order.id);
      const { run } = list;
      if (run) await finishRun(db, { ...list, run }, look).finally(deps.wakeSoon);
      const { replayed } = done.body;
      const told = toList(await readList(db, order.id));
      return c.json({ ...(replayed && { replayed }), ...told }, 200);
    })
    .openapi(listRoute, async (c) => {
      return c.json(toList(await readList(db, c.req.valid('param').token)), 200);
    });
}

async function begin(tx: Tx, order: { id: AttentionListId; by: ApiKeyId; reason: string }) {
  const outcome = await lists.beginRun(tx, order);
  switch (outcome) {
    case 'begun':
      return { status: 200, body: { list: order.id }, objectId: order.id };
    case 'unknown':
      throw unknown();
    case 'expired':
      throw new Problem(
        'attention-list-expired',
        'Preview the command again, because the objects may have changed',
      );
    case 'run-already':
      throw new Problem('attention-list-run', `Its results are at /v1/attention/lists/${order.id}`);
  }
}

/** Pauses the sellers of a list again who were resumed since, because a pause is a brake. */
async function pauseAgain(tx: Tx, order: { id: AttentionListId; by: ApiKeyId; reason: string }) {
  const { reason, run } = await readList(tx, order.id);
  const why = { reason: reason ?? order.reason, by: run?.by ?? order.by };
  for (const sellerId of await listUnpaused(tx, order.id)) {
    await pauseSeller(tx, { sellerId, ...why });
  }
  return { status: 200, body: { list: order.id }, objectId: order.id };
}

async function readList(db: AppDeps['db'], id: AttentionListId) {
  const list = await lists.findAttentionList(db, id);
  if (!list) throw unknown();
  return list;
}

function unknown(): Problem {
  return new Problem(
    'unknown-attention-list',
    'No preview returned this token, or the list was deleted',
  );
}

function toPreview(command: z.infer<typeof Command>, made: lists.ListMade) {
  const { list, planned, hasMore } = made;
  const applies = planned.flatMap(({ record, plan }) =>
    plan.kind === 'do' ? [{ record, targets: plan.targets }] : [],
  );
  const others = planned.flatMap(({ record, plan }) =>
    plan.kind === 'leave' ? [{ record, why: plan.why }] : [],
  );
  return {
    token: list?.id ?? null,
    expiresAt: list?.expiresAt ?? null,
    command,
    applies: {
      count: applies.length,
      atStake: sumsOf(applies.flatMap(({ record }) => record.atStake)),
      first: applies.slice(0, mostShown).map(({ record, targets }) => {
        return { ...toAttention(record), targets: targets.map(({ kind, id }) => ({ kind, id })) };
      }),
    },
    doesNotApply: {
      count: others.length,
      first: others.slice(0, mostShown).map(({ record, why }) => {
        return { ...toAttention(record), why, whyNot: leftOutWords[why] };
      }),
    },
    hasMore,
  };
}

function toList({ id: token, items, ...list }: lists.AttentionList): z.infer<typeof List> {
  const count = (outcome: 'done' | 'left-out' | null) =>
    items.filter((item) => item.outcome === outcome).length;
  return {
    token,
    ...list,
    done: count('done'),
    leftOut: count('left-out'),
    open: count(null),
    items: items.map(({ kind, id, sellerId, target, outcome, why }) => {
      const explanation = why === null ? null : (leftOutWords[why as LeftOut] ?? null);
      return { kind, id, sellerId, target, outcome, why, explanation };
    }),
  };
}
