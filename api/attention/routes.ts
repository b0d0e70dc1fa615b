import { z } from '@hono/zod-openapi';
import {
  type AttentionGroup,
  type AttentionPlace,
  listAttention,
  readAttentionGroups,
} from '../../db/attention/waiting-for-people.ts';
import { listFailedChecks } from '../../db/operations/checks.ts';
import {
  type AttentionKind,
  attentionKinds,
  attentionReasons,
  sumsOf,
} from '../../domain/attention/bulk.ts';
import { type AttentionRecord, resolutionOf } from '../../domain/attention/words.ts';
import type { Available } from '../../domain/explanations/payout-words.ts';
import { actors } from '../../domain/waits.ts';
import { readAvailable } from '../stripe/available.ts';
import { type AppDeps, createRoutes } from '../http/context.ts';
import { pageOf, PageQuery } from '../http/pages.ts';
import { brokenRule } from '../http/problems.ts';
import { defineRoute } from '../http/define-route.ts';
import * as schemas from '../http/schemas.ts';
import { answer, Instant, Money } from '../http/schemas.ts';
import { ResolvingCommand } from '../waits.ts';

/** The filters for everything that waits for a person. */
export const attentionFilters = {
  kind: z.enum(attentionKinds).optional(),
  reason: z.enum(attentionReasons).optional(),
  sellerId: schemas.SellerFilter,
  currency: schemas.Currency.optional().openapi({
    description: 'The currency of the money at stake',
  }),
  country: schemas.Country.optional().openapi({ description: 'The country of the seller' }),
  before: schemas.GivenInstant.optional().openapi({
    description: 'Only entries that began to wait before this instant',
  }),
};

/** Something that waits for a person. */
export const Attention = z
  .object({
    kind: z.enum(attentionKinds),
    id: z.string(),
    sellerId: z.string().nullable(),
    seller: z.union([schemas.SellerNames, z.null()]),
    since: Instant,
    reason: z.string(),
    explanation: z.string(),
    actor: z.enum(actors).openapi({ description: 'Who must act' }),
    atStake: z.array(Money).openapi({
      description:
        'The money that does not move because of this entry; for a discrepancy, the difference; for a hold, what it holds; for a pause, what the seller has; for a stop of all money, nothing; for missing money, what payouts need of the platform’s balance. The amount of a seller excludes payouts that have entries of their own',
    }),
    waitingPayouts: z
      .object({
        count: z.int(),
        first: z.array(
          z.object({
            id: z.string(),
            sellerId: z.string(),
            seller: schemas.SellerNames,
            amount: Money,
            since: Instant,
          }),
        ),
      })
      .nullable()
      .openapi({
        description:
          'For missing money, the payouts that wait for it: how many, and the ten that have waited longest. The payouts of `sellerId` come first. Null for other entries',
      }),
    commands: z.array(ResolvingCommand),
    explain: z.string().openapi({ description: 'The path of the full explanation' }),
  })
  .openapi('Attention');

const AttentionPage = z.object({
  ...pageOf(Attention).shape,
  failedChecks: z
    .array(z.object({ name: z.string(), remedy: z.string(), checkedAt: Instant }))
    .openapi({
      description:
        'Faults in the settings or services around the engine. Every page contains all of them',
    }),
});

const attentionRoute = defineRoute({
  method: 'get',
  path: '/v1/attention',
  operationId: 'listAttention',
  summary: 'List what waits for a person, oldest first',
  description:
    'Each entry contains the requests that resolve it. An entry without a request ends by itself: `explanation` says what ends it, and `explain` is the path of the details.',
  tags: ['Operations'],
  request: { query: z.strictObject({ ...attentionFilters, ...PageQuery }) },
  responses: { 200: answer(AttentionPage, 'A page of entries') },
});

const Summary = z
  .object({
    asOf: Instant,
    count: z.int(),
    atStake: z.array(Money).openapi({
      description:
        'The money of payouts and sellers that does not move, by currency. Each amount counts once',
    }),
    held: z.array(Money).openapi({
      description: 'What holds without an end hold. The same money may also be at stake',
    }),
    needed: z.array(Money).openapi({
      description:
        'What waiting payouts need of the platform’s balance. `GET /v1/funding` says how much of this the balance lacks. The same money may also be at stake',
    }),
    differs: z.array(Money).openapi({
      description:
        'The differences between the ledger and Stripe. The same money may also be at stake',
    }),
    groups: z.array(
      z.object({
        kind: z.enum(attentionKinds),
        reason: z.string(),
        count: z.int(),
        since: Instant.openapi({ description: 'When the oldest entry of the group began to wait' }),
        atStake: z.array(Money),
      }),
    ),
  })
  .openapi('AttentionSummary');

const summaryRoute = defineRoute({
  method: 'get',
  path: '/v1/attention/summary',
  operationId: 'summarizeAttention',
  summary: 'Summarize what waits for a person, by kind, reason and currency',
  tags: ['Operations'],
  request: { query: z.strictObject(attentionFilters) },
  responses: {
    200: answer(Summary, 'The summary at `asOf`. The group that has waited longest comes first'),
  },
});

/** Routes that list and summarize what waits for a person. */
export function attentionRoutes(deps: AppDeps) {
  const { db } = deps;
  return createRoutes()
    .openapi(attentionRoute, async (c) => {
      const { limit, cursor, ...filter } = c.req.valid('query');
      const rows = await listAttention(db, { filter, after: placeOf(cursor), limit });
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      const hasMore = rows.length > limit;
      const nextCursor = hasMore && last ? toCursor(last) : null;
      const failedChecks = await listFailedChecks(db);
      const isShort = shown.some(({ kind }) => kind === 'funding');
      const available = isShort ? await readAvailable(deps) : undefined;
      const data = shown.map((record) => toAttention(record, available));
      return c.json({ data, hasMore, nextCursor, failedChecks }, 200);
    })
    .openapi(summaryRoute, async (c) => {
      const { now, groups } = await readAttentionGroups(db, c.req.valid('query'));
      return c.json(toSummary(now, groups), 200);
    });
}

function toSummary(asOf: string, groups: AttentionGroup[]): z.infer<typeof Summary> {
  const sumOf = (...kinds: AttentionKind[]) => {
    return sumsOf(groups.filter(({ kind }) => kinds.includes(kind)).flatMap((one) => one.atStake));
  };
  return {
    asOf,
    count: groups.reduce((count, group) => count + group.count, 0),
    atStake: sumOf('payout', 'seller'),
    held: sumOf('hold'),
    needed: sumOf('funding'),
    differs: sumOf('discrepancy'),
    groups,
  };
}

/** Converts an entry for an answer, with its explanation and the requests that resolve it. */
export function toAttention(record: AttentionRecord, available?: Available) {
  const { kind, id, sellerId, seller, since, parked: reason, atStake } = record;
  const { explanation, actor, commands } = resolutionOf(record, available);
  const who = { id, sellerId, seller, actor };
  const told = { reason, explanation, atStake, waitingPayouts: waitingPayoutsOf(record) };
  return { kind, ...who, since, ...told, commands, explain: pathOf(record) };
}

function waitingPayoutsOf(record: AttentionRecord) {
  if (record.kind !== 'funding') return null;
  const first = record.firstPayouts.map(({ money: amount, ...payout }) => ({ ...payout, amount }));
  return { count: record.payouts, first };
}

/** The path of the full explanation of an entry. */
function pathOf({ kind, id, sellerId }: AttentionRecord): string {
  switch (kind) {
    case 'discrepancy':
      return `/v1/discrepancies/${id}`;
    case 'hold':
      return `/v1/holds/${id}/preview`;
    case 'pause':
      return `/v1/sellers/${sellerId}/explain`;
    case 'stop':
      return '/v1/operations';
    case 'funding':
      return '/v1/funding';
    case 'payout':
    case 'seller':
      return `/v1/${kind}s/${id}/explain`;
  }
}

function toCursor({ since, id }: AttentionPlace): string {
  return Buffer.from(`${since} ${id}`, 'latin1').toString('base64url');
}

const place =
  /^([12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ((?:sel|payout|disc|hold|pause|stop)_[0-9a-z]{20}|[a-z]{3})$/;

/** False for dates such as 30 February, which JavaScript accepts and PostgreSQL refuses. */
function isInstant(text: string): boolean {
  const at = Date.parse(text);
  return Number.isFinite(at) && new Date(at).toISOString() === text;
}

function placeOf(cursor: string | undefined): AttentionPlace | undefined {
  if (cursor === undefined) return undefined;
  const read = place.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  const [, since = '', id = ''] = read ?? [];
  if (read && isInstant(since) && toCursor({ since, id }) === cursor) {
    return { since, id };
  }
  const rule = 'must be the nextCursor of a page of this list';
  throw brokenRule('query', ['cursor'], rule);
}
