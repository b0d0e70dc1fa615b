import { until } from '../wait.ts';
import type { Machine } from './machine.ts';

/**
 * When each step of a payout was completed, in real milliseconds. Null if the step was not
 * completed.
 */
export type Steps = {
  payoutId: string;
  status: string;
  ordered: number;
  started: number | null;
  reserved: number | null;
  transferred: number | null;
  sent: number | null;
};

/**
 * Reads the times of the steps from the engine's tables. The columns are named `bench_` for
 * `countSql`.
 */
export async function readSteps({ sql }: Machine, payoutIds: readonly string[]): Promise<Steps[]> {
  const real = (column: string): string =>
    `(extract(epoch from ${column}) * 1000 - clock.offset_ms)::float8`;
  const { rows } = await sql.query<Steps>(
    `select payouts.id as "payoutId", payouts.status, ${real('payouts.created_at')} as ordered,
      ${real('started_at')} as started, ${real('reserved_at')} as reserved,
      ${real('attempts.decided_at')} as transferred, ${real('sent_at')} as sent, 1 as bench_
    from payouts cross join clock
    left join attempts on attempts.object_id = payouts.id and attempts.step = 'transfer'
      and attempts.state = 'succeeded'
    where payouts.id = any($1)`,
    [payoutIds],
  );
  return rows;
}

/** Waits until Stripe has all of these payouts, as long as more of them arrive. */
export async function waitUntilSent(
  { sql }: Machine,
  payoutIds: readonly string[],
  patienceMs = 60_000,
): Promise<void> {
  let sent = -1;
  let movedAt = performance.now();
  await until(
    'the payouts are sent',
    async () => {
      const { rows } = await sql.query<{ bench_sent: number }>(
        `select count(*)::int as bench_sent from payouts
          where id = any($1) and sent_at is not null`,
        [payoutIds],
      );
      const now = rows[0]?.bench_sent ?? 0;
      if (now > sent) movedAt = performance.now();
      sent = now;
      return sent >= payoutIds.length || performance.now() - movedAt > patienceMs;
    },
    3_600_000,
  );
}

/** Waits until no workflow has a wake-up left. */
export async function waitUntilQuiet({ sql }: Machine): Promise<void> {
  await until(
    'no wake-up waits',
    async () => {
      const { rows } = await sql.query<{ bench_count: number }>(
        'select count(*)::int as bench_count from wake_ups',
      );
      return rows[0]?.bench_count === 0;
    },
    120_000,
  );
}

/**
 * SQL statements of the engine since the last reset. Statements that begin or end a transaction are
 * counted separately.
 */
export type SqlCount = { statements: number; begins: number; most: [string, number][] };

/** Resets the count of statements. */
export async function resetSql({ sql }: Machine): Promise<void> {
  await sql.query('select pg_stat_statements_reset() as bench_');
}

/** Counts the statements of the engine's processes. The bench's own statements are left out. */
export async function countSql({ sql }: Machine): Promise<SqlCount> {
  const { rows } = await sql.query<{ query: string; calls: number }>(
    `select query, calls::int, 1 as bench_ from pg_stat_statements
      join pg_database on pg_database.oid = dbid
      where datname = current_database() and query not like '%bench\\_%'
      order by calls desc`,
  );
  const isEnd = (query: string): boolean => /^(begin|start|commit|rollback)/i.test(query);
  const sum = (some: typeof rows): number => some.reduce((total, row) => total + row.calls, 0);
  const work = rows.filter((row) => !isEnd(row.query));
  return {
    statements: sum(work),
    begins: sum(rows.filter((row) => isEnd(row.query))),
    most: work
      .slice(0, 20)
      .map((row) => [row.query.replaceAll(/\s+/g, ' ').slice(0, 110), row.calls]),
  };
}

/** Counts the history events of a workflow in all its runs. */
export async function countEvents({ temporal }: Machine, workflowId: string): Promise<number> {
  let events = 0;
  const current = await temporal.workflow.getHandle(workflowId).describe();
  const runs = new Set([current.runId]);
  for await (const { runId } of temporal.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
    runs.add(runId);
  }
  for (const runId of runs) {
    const { historyLength } = await temporal.workflow.getHandle(workflowId, runId).describe();
    events += historyLength;
  }
  return events;
}
