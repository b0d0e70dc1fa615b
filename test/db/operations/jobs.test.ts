import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readBacklog } from '../../../db/operations/backlog.ts';
import { expectJobs, listFailedChecks, recordStep } from '../../../db/operations/checks.ts';
import { type Job, jobSteps, overdueChecks } from '../../../domain/overdue/jobs.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';

let money: MoneyDatabase;
beforeEach(async () => {
  money = await startMoneyDatabase(2);
  await expectJobs(money.db, every);
});
afterEach(() => money.db.destroy());

const every = { relay: 60, sweep: 60, revive: 60, accounts: 300, reconciliation: 300 };
const failed = async () => (await listFailedChecks(money.db)).map(({ name }) => name);
const pass = async (minutes: number) => {
  const ago = sql<string>`coalesce(finished_at, since) - ${minutes} * interval '1 minute'`;
  await money.db.updateTable('job_steps').set({ since: ago, finished_at: ago }).execute();
};

describe('a job', () => {
  test.each(Object.keys(jobSteps) as Job[])(
    '%s that has not finished for ten of its intervals is a failed check by its name',
    async (job) => {
      await pass(14);
      expect(await failed()).toEqual([]);
      await pass(40);
      for (const [other, steps] of Object.entries(jobSteps)) {
        if (other !== job) for (const step of steps) await recordStep(money.db, other, step);
      }
      expect(await failed()).toEqual([`job-${job}`]);
      const { failedChecks } = await readBacklog(money.db);
      expect(failedChecks).toMatchObject([{ name: `job-${job}` }]);
      for (const step of jobSteps[job]) await recordStep(money.db, job, step);
      expect(await failed()).toEqual([]);
    },
  );

  test('of which one step never finishes is late, and the check names the step', async () => {
    await pass(60);
    for (const [job, steps] of Object.entries(jobSteps)) {
      for (const step of steps) {
        if (step !== 'resolveEarnings') await recordStep(money.db, job, step);
      }
    }
    const [check, ...others] = await listFailedChecks(money.db);
    expect(others).toEqual([]);
    expect(check?.name).toBe('job-sweep');
    expect(check?.remedy).toContain('resolveEarnings since');
    expect(check?.remedy).not.toContain('sweepEvents');
  });
});

test('a start of PostgreSQL that was not compared with Stripe in time is a failed check', () => {
  expect(overdueChecks({ lateSteps: [], uncomparedSince: null })).toEqual([]);
  const since = '2026-11-30T09:00:00.000Z';
  const [check] = overdueChecks({ lateSteps: [], uncomparedSince: since });
  expect(check?.name).toBe('compared-with-stripe');
  expect(check?.remedy).toContain(since);
});
