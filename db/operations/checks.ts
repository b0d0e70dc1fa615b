import { sql } from 'kysely';
import {
  type Job,
  jobSteps,
  lateComparisonMinutes,
  lateMinutes,
  latePasses,
  overdueChecks,
  type OverdueFacts,
} from '../../domain/overdue/jobs.ts';
import { type Receipt, webhookChecks } from '../../domain/stripe-events/receipts.ts';
import type { Db } from '../connect.ts';
import { receipts } from '../stripe-events/receipts.ts';
import { instant } from '../time.ts';

/** The result of a check of the engine's surroundings, and what to do if the check failed. */
export type Check = { name: string; passed: boolean; remedy: string };

/** Lists the failed checks with their remedies: those that were recorded, and what is overdue. */
export async function listFailedChecks(db: Db) {
  const recorded = await db
    .selectFrom('checks')
    .select(['name', 'remedy', 'checked_at as checkedAt'])
    .where('passed', '=', false)
    .execute();
  const { rows } = await sql<{ facts: CheckFacts; now: string }>`
    select ${checkFacts} as facts, now() as now
  `.execute(db);
  const computed = rows.flatMap(({ facts, now: checkedAt }) =>
    computedChecks(facts).map((check) => ({ ...check, checkedAt })),
  );
  return [...recorded, ...computed].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The facts of the checks that nobody records, because they are about what did not happen. */
export type CheckFacts = OverdueFacts & { receipts: Receipt[] };

/** Reads these facts as JSON, in one expression. Times are real. */
export const checkFacts = sql<CheckFacts>`json_build_object(
  'lateSteps', (select coalesce(json_agg(json_build_object('job', job, 'step', step,
      'since', ${instant('coalesce(finished_at, since)')}) order by job, step), '[]')
    from job_steps where coalesce(finished_at, since) < now() - greatest(
      every_seconds * ${sql.lit(latePasses)} * interval '1 second',
      ${sql.lit(lateMinutes)} * interval '1 minute')),
  'receipts', ${receipts},
  'uncomparedSince', (select ${instant('pg_postmaster_start_time()')} from operations
    where compared_start is distinct from postgres_start() and exists (select from installation)
      and pg_postmaster_start_time() < now() - ${sql.lit(lateComparisonMinutes)} * interval '1 minute'))`;

/** The failed checks that follow from these facts. */
export function computedChecks(facts: CheckFacts): { name: string; remedy: string }[] {
  return [...overdueChecks(facts), ...webhookChecks(facts.receipts)];
}

/** Records that a worker expects every step of every job, at these intervals. */
export async function expectJobs(db: Db, seconds: Record<Job, number>): Promise<void> {
  const rows = Object.entries(jobSteps).flatMap(([job, steps]) =>
    steps.map((step) => ({ job, step, every_seconds: seconds[job as Job] })),
  );
  await db
    .insertInto('job_steps')
    .values(rows)
    .onConflict((conflict) =>
      conflict.columns(['job', 'step']).doUpdateSet((of) => ({
        every_seconds: of.ref('excluded.every_seconds'),
      })),
    )
    .execute();
}

/** Records that a step of a job has finished. */
export async function recordStep(db: Db, job: string, step: string): Promise<void> {
  await db
    .updateTable('job_steps')
    .set({ finished_at: sql`now()` })
    .where('job', '=', job)
    .where('step', '=', step)
    .execute();
}

/** The name of the check whether Stripe answers read requests. */
export const stripeAnswers = 'stripe-answers';

/** True if Stripe did not answer at the last check. */
export async function isStripeSilent(db: Db): Promise<boolean> {
  const row = await db
    .selectFrom('checks')
    .select('name')
    .where('name', '=', stripeAnswers)
    .where('passed', '=', false)
    .executeTakeFirst();
  return row !== undefined;
}

/** Records the result of a check. Only the latest result is kept. */
export async function recordCheck(db: Db, check: Check): Promise<void> {
  await db
    .insertInto('checks')
    .values(check)
    .onConflict((conflict) =>
      conflict.column('name').doUpdateSet({ ...check, checked_at: sql<string>`now()` }),
    )
    .execute();
}
