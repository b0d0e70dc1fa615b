import { z } from '@hono/zod-openapi';
import * as lists from '../../db/attention/lists.ts';
import { finishRun, type LeftOut } from '../../db/attention/runs.ts';
import type { Tx } from '../../db/connect.ts';
import { attentionKinds, bulkCommands, sumsOf, takesReason } from '../../domain/attention.ts';
import { type ApiKeyId, type AttentionListId, isAttentionListId } from '../../domain/ids.ts';
import { runCommand } from '../http/commands.ts';
import { type AppDeps, createRoutes } from '../http/context.ts';
import { Problem } from '../http/problems.ts';
import { defineRoute } from '../http/routes.ts';
import * as schemas from '../http/schemas.ts';
import { answer, body } from '../http/schemas.ts';
import { Attention, attentionFilters, toAttention } from './routes.ts';
import { bulkWords, leftOutWords } from './words.ts';

const tags = ['Operations'];
const mostShown = 20;

const Command = z.enum(bulkCommands).openapi('BulkCommand', {
  description: bulkCommands.map((command) => `- \`${command}\`: ${bulkWords[command]}`).join('\n'),
});

const Asked = z
  .strictObject({
    filter: z.strictObject(attentionFilters).openapi({ description: '`{}` is all that waits' }),
    command: Command,
    reason: schemas
      .text(500)
      .optional()
      .openapi({ description: 'What each is told: with `release-hold` and those about sellers' }),
  })
  .superRefine(({ command, reason }, c) => {
    if (takesReason(command) === (reason !== undefined)) return;
    const message = reason === undefined ? 'is required' : `is nothing that ${command} takes`;
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
  .object({ kind: z.enum(['payout', 'seller', 'hold', 'bank-account']), id: z.string() })
  .openapi('BulkTarget', { description: 'What the command is about in the end' });

const Preview = z
  .object({
    token: z.string().nullable().openapi({ description: 'Null where there is nothing to do' }),
    expiresAt: schemas.Instant.nullable().openapi({ description: 'An hour later' }),
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
      description: `More waits than the oldest ${lists.mostListed}: preview again after the run`,
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
    open: z.int().openapi({ description: 'Not done yet' }),
    items: z.array(
      z.object({
        kind: z.enum(attentionKinds),
        id: z.string(),
        sellerId: z.string().nullable(),
        target: Target,
        outcome: z.enum(['done', 'left-out']).nullable(),
        why: z.string().nullable().openapi({ description: 'Why it was left out, as a code' }),
        explanation: z.string().nullable(),
      }),
    ),
  })
  .openapi('AttentionList');

const previewRoute = defineRoute({
  method: 'post',
  path: '/v1/attention/preview',
  operationId: 'previewAttention',
  summary: 'Preview a command for everything that a filter finds',
  description: `The token fixes the list as it stands now, of the oldest ${lists.mostListed}, for an hour. What nobody ran is forgotten a day later. Confirmations are not for many: each needs a look at Stripe.`,
  tags,
  request: { body: body(Asked) },
  responses: { 200: answer(Preview, 'What it would do, and what not') },
});

const runRoute = defineRoute({
  method: 'post',
  path: '/v1/attention/run',
  operationId: 'runAttention',
  summary: 'Run a previewed command on exactly the listed items, each once',
  description:
    'What does not stand as it was shown is left out and says so. A list is run once; the same request again does what a crash left undone, and gives the same answer.',
  tags,
  request: {
    headers: schemas.CommandHeaders,
    body: body(z.strictObject({ token: Token, reason: schemas.text(500) }).openapi('RunAttention')),
  },
  responses: { 200: answer(List, 'What became of each') },
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
  responses: { 200: answer(List, 'The list; one that was run is kept for ever') },
});

/** Commands for many: first what they would do, then exactly that. */
export function attentionListRoutes(deps: AppDeps) {
  const { db } = deps;
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
      await runCommand(c, deps, { kind: 'run-attention', request }, (tx) => begin(tx, order));
      const list = await readList(db, order.id);
      const { run } = list;
      if (run) await finishRun(db, { ...list, run }).finally(deps.wakeSoon);
      return c.json(toList(await readList(db, order.id)), 200);
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
      throw new Problem('attention-list-expired', 'Preview it again: it may stand otherwise now');
    case 'run-already':
      throw new Problem('attention-list-run', `See /v1/attention/lists/${order.id}`);
  }
}

async function readList(db: AppDeps['db'], id: AttentionListId) {
  const list = await lists.findAttentionList(db, id);
  if (!list) throw unknown();
  return list;
}

function unknown(): Problem {
  return new Problem('unknown-attention-list', 'No preview gave this token, or it is forgotten');
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
