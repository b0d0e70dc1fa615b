import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type PayoutId,
  payoutWorkflowId,
  type SellerId,
  sellerWorkflowId,
} from '../../domain/ids.ts';
import {
  createActiveSeller,
  fundPlatform,
  isNewsComing,
  orderPayout,
  type RunningEngine,
  startEngine,
} from '../build/engine.ts';
import { until } from '../../dev/wait.ts';

// Jobs would add statements of their own; a payout does not need them.
let engine: RunningEngine;
beforeAll(async () => {
  engine = await startEngine({ jobs: false });
});
afterAll(() => engine.stop());

/**
 * What one payout costs from its order to the end of its watch, pinned at what was measured. The
 * statements that take orders and events in and pass them on are shared under load; how often the
 * wake-ups are looked through depends on what comes together. Among the steps are two looks of the
 * order itself, at its seller and at its payout.
 */
const budget = { events: 58, steps: 24, intake: 20, reads: 2 };

/** On a busy machine news comes apart that comes together, and costs a look of its own. */
const mostMeasured = 3;

test('a domestic payout of a running seller stays within its budget', async () => {
  await fundPlatform(engine);
  const sellerId = await createActiveSeller(engine);
  let cost = await measurePayout(engine, sellerId);
  for (let measured = 1; isAbove(cost) && measured < mostMeasured; measured += 1) {
    cost = await measurePayout(engine, sellerId);
  }
  expect(cost.reads).toBeLessThanOrEqual(budget.reads);
  expect(cost.steps, cost.seen).toBeLessThanOrEqual(budget.steps);
  expect(cost.intake, cost.seen).toBeLessThanOrEqual(budget.intake);
  expect(cost.events).toBeLessThanOrEqual(budget.events);
}, 300_000);

function isAbove(cost: Record<keyof typeof budget, number>): boolean {
  return (Object.keys(budget) as (keyof typeof budget)[]).some((one) => cost[one] > budget[one]);
}

/** From the order of what was just earned to the end of its watch. */
async function measurePayout(engine: RunningEngine, sellerId: SellerId) {
  await engine.call('POST', `/v1/sellers/${sellerId}/earnings`, earning(123_45));
  await untilQuiet(engine, sellerId);
  const before = await countEvents(engine, sellerWorkflowId(sellerId));
  const callsBefore = await readRequests(engine);
  await resetStatements(engine);
  const payoutId = await orderPayout(engine, sellerId);
  await untilSent(engine, payoutId);
  await engine.call('POST', '/v1/test/clock', { advanceMinutes: 5 * 24 * 60 });
  await untilStatus(engine, payoutId, 'paid');
  await engine.call('POST', '/v1/test/clock', { advanceMinutes: 11 * 24 * 60 });
  await untilStatus(engine, payoutId, 'settled');
  await untilQuiet(engine, sellerId);
  const statements = await listStatements(engine);
  const calls = (await readRequests(engine)).slice(callsBefore.length);
  const payoutEvents = await countEvents(engine, payoutWorkflowId(payoutId));
  const sellerEvents = (await countEvents(engine, sellerWorkflowId(sellerId))) - before;
  const sum = (kind: Kind): number =>
    statements.filter((one) => one.kind === kind).reduce((all, { calls: some }) => all + some, 0);
  const reads = calls.filter(({ method }) => method === 'GET').length;
  expect(calls.filter(({ method }) => method === 'POST')).toHaveLength(2);
  return {
    reads,
    // A read takes one turn; on a busy machine more, since a turn that is missed is taken anew.
    steps: sum('step') + reads,
    intake: sum('intake'),
    events: payoutEvents + sellerEvents,
    seen: JSON.stringify(statements, null, 1),
  };
}

test('10,000 earnings of a seller cost no history event', async () => {
  const sellerId = await createActiveSeller(engine);
  await untilQuiet(engine, sellerId);
  const before = await countEvents(engine, sellerWorkflowId(sellerId));
  for (let batch = 0; batch < 10; batch += 1) {
    const earnings = Array.from({ length: 1000 }, () => earning(100));
    await engine.call('POST', `/v1/sellers/${sellerId}/earnings/batch`, { earnings });
  }
  await untilQuiet(engine, sellerId);
  expect(await countEvents(engine, sellerWorkflowId(sellerId))).toBe(before);
});

test('waking an idle seller costs five events', async () => {
  const sellerId = await createActiveSeller(engine);
  await untilQuiet(engine, sellerId);
  const before = await countEvents(engine, sellerWorkflowId(sellerId));
  await engine.temporal.workflow
    .getHandle(sellerWorkflowId(sellerId))
    .signal('lookAgain', ['payouts']);
  await until('the seller has looked', async () => {
    return (await countEvents(engine, sellerWorkflowId(sellerId))) >= before + 5;
  });
  expect(await countEvents(engine, sellerWorkflowId(sellerId))).toBe(before + 5);
});

function earning(amount: number) {
  return { amount, currency: 'eur' };
}

async function untilSent(engine: RunningEngine, payoutId: PayoutId): Promise<void> {
  await untilStatus(engine, payoutId, 'sent');
}

/** Reads the row itself, in a statement that is not counted. */
async function untilStatus(engine: RunningEngine, payoutId: PayoutId, wanted: string) {
  await until(`${payoutId} is ${wanted}`, async () => {
    const { rows } = await sql<{ status: string }>`
      select status as uncounted from payouts where id = ${payoutId} and status = ${wanted}
    `.execute(engine.db);
    return rows.length > 0;
  });
}

/** From Stripe to the workflow, in the order in which news travels. */
async function untilQuiet(engine: RunningEngine, sellerId: SellerId): Promise<void> {
  await until('nothing waits to be told', async () => {
    const coming = await isNewsComing(engine);
    const { rows } = await sql`select 1 as uncounted from wake_ups`.execute(engine.db);
    const { raw } = await engine.temporal.workflow.getHandle(sellerWorkflowId(sellerId)).describe();
    const busy = raw.pendingWorkflowTask || (raw.pendingActivities ?? []).length > 0;
    return !coming && rows.length === 0 && !busy;
  });
}

/** Over all runs of a workflow. */
async function countEvents({ temporal }: RunningEngine, workflowId: string): Promise<number> {
  let events = 0;
  const query = `WorkflowId = '${workflowId}'`;
  for await (const { runId } of temporal.workflow.list({ query })) {
    const history = await temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    events += history.events?.length ?? 0;
  }
  return events;
}

async function readRequests(engine: RunningEngine): Promise<{ method: string; path: string }[]> {
  const { requests } = await engine.control('GET', '/requests?limit=1000');
  return requests;
}

async function resetStatements({ db }: RunningEngine): Promise<void> {
  await sql`create extension if not exists pg_stat_statements`.execute(db);
  await sql`select pg_stat_statements_reset(0,
    (select oid from pg_database where datname = current_database()), 0)`.execute(db);
}

type Kind = 'step' | 'turn' | 'intake' | 'test';

/** What ran here since the reset, but for this test's own looks and the ends of transactions. */
async function listStatements({ db }: RunningEngine) {
  const { rows } = await sql<{ calls: number; text: string }>`
    select calls, left(regexp_replace(query, '\\s+', ' ', 'g'), 100) as text
    from pg_stat_statements
    where dbid = (select oid from pg_database where datname = current_database())
      and query !~* '^(begin|commit|rollback|start transaction)' and query !~ 'uncounted|pg_stat'
    order by calls desc, text
  `.execute(db);
  return rows.map((row) => ({ ...row, kind: kindOf(row.text) }));
}

function kindOf(text: string): Kind {
  if (/offset_ms|from clock|"clock"|lock table|with due as|as open$/.test(text)) return 'test';
  if (text.includes('with slots as ( insert into budget_slots')) return 'turn';
  return /wake_ups|given as|commands|api_keys|advisory|into "payouts"/.test(text)
    ? 'intake'
    : 'step';
}
