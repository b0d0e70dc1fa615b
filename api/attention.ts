import { createRoute, z } from '@hono/zod-openapi';
import { listAttention, type AttentionPlace, type AttentionRecord } from '../db/attention.ts';
import { listFailedChecks } from '../db/checks.ts';
import { money } from '../domain/money.ts';
import { createRoutes, type AppDeps } from './context.ts';
import { pageOf, PageQuery } from './pages.ts';
import { ResolvingCommand } from './payout-schemas.ts';
import { parkedOf } from './payout-words.ts';
import { Problem } from './problems.ts';
import { answer, Instant, Money, refusals } from './schemas.ts';
import { sellerParkedOf } from './seller-words.ts';

const Attention = z
  .object({
    kind: z.enum(['payout', 'seller']),
    id: z.string(),
    sellerId: z.string(),
    since: Instant,
    reason: z.string(),
    explanation: z.string(),
    atStake: z.array(Money).openapi({ description: 'What does not move because of it' }),
    commands: z.array(ResolvingCommand),
    explain: z.string().openapi({ description: 'Where all about it is told' }),
  })
  .openapi('Attention');

const AttentionPage = z.object({
  ...pageOf(Attention).shape,
  failedChecks: z
    .array(z.object({ name: z.string(), remedy: z.string(), checkedAt: Instant }))
    .openapi({ description: 'What is wrong around the engine, on every page' }),
});

const attentionRoute = createRoute({
  method: 'get',
  path: '/v1/attention',
  operationId: 'listAttention',
  summary: 'What waits for a person, oldest first, with the requests that resolve it',
  tags: ['Operations'],
  request: { query: z.strictObject(PageQuery) },
  responses: { 200: answer(AttentionPage, 'A page of it'), ...refusals },
});

/** The one queue that an operator works through. */
export function attentionRoutes({ db }: AppDeps) {
  return createRoutes().openapi(attentionRoute, async (c) => {
    const { limit, cursor } = c.req.valid('query');
    const rows = await listAttention(db, { after: placeOf(cursor), limit });
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const hasMore = rows.length > limit;
    const nextCursor = hasMore && last ? toCursor(last) : null;
    const failedChecks = await listFailedChecks(db);
    return c.json({ data: shown.map(toAttention), hasMore, nextCursor, failedChecks }, 200);
  });
}

function toAttention(record: AttentionRecord) {
  const { kind, id, sellerId, since, parked: reason } = record;
  const { explanation, commands } = resolutionOf(record);
  const atStake = record.atStake.map(({ amount, currency }) => money(amount, currency));
  const explain = `/v1/${kind}s/${id}/explain`;
  return { kind, id, sellerId, since, reason, explanation, atStake, commands, explain };
}

function resolutionOf(record: AttentionRecord) {
  if (record.kind === 'seller') return sellerParkedOf(record.id, record.parked);
  const { parked } = record;
  if (parked === 'late') return { explanation: late, commands: [] };
  const stopped = parkedOf({ ...record, parked, parkedAt: record.since });
  return stopped ?? { explanation: parked, commands: [] };
}

const late =
  'The banks have it for longer than they should take: ask Stripe for its trace; it goes on by itself once Stripe says what became of it';

function toCursor({ since, id }: AttentionPlace): string {
  return Buffer.from(`${since} ${id}`, 'latin1').toString('base64url');
}

const place = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ((?:sel|payout)_[0-9a-z]{20})$/;

function placeOf(cursor: string | undefined): AttentionPlace | undefined {
  if (cursor === undefined) return undefined;
  const read = place.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  const [, since = '', id = ''] = read ?? [];
  if (read && Number.isFinite(Date.parse(since)) && toCursor({ since, id }) === cursor) {
    return { since, id };
  }
  const rule = 'must be the nextCursor of a page of this list';
  throw new Problem('invalid-request', `/cursor: ${rule}`, {
    errors: [{ in: 'query', pointer: '/cursor', rule }],
  });
}
