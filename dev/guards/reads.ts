import type { Guard } from './switch-off.ts';

/** The guards around reads that Stripe refuses, and around what does not happen. */
export const readGuards: readonly Guard[] = [
  {
    name: 'hold for a failed read',
    why: 'a seller is paid although nobody can see what happened at the account',
    file: 'domain/payouts/reservation.ts',
    from: 'if (isUnread) return waitNames.unreadAccount;',
    to: '',
    tests: 'test/activities/reconciliation/failed-reads.test.ts',
    pattern: 'waits with the real reason',
  },
  {
    name: 'uncompared account',
    why: 'an account that was not compared after a restore is paid a second time',
    file: 'db/migrations/0001-baseline/failed-reads.sql',
    from: 'where payouts.id = payout and compare_from is not null)',
    to: 'where payouts.id = payout and compare_from is null)',
    tests: 'test/activities/recovery/comparison.test.ts',
    pattern: 'is sent nothing until they are',
  },
  {
    name: 'one account stops one seller',
    why: 'one account that cannot be read stops everybody after a start of PostgreSQL',
    file: 'activities/recovery/comparison.ts',
    from: 'silent = isReadFailure(error) ? silent + 1 : 0;',
    to: 'silent = silenceInARow;',
    tests: 'test/activities/recovery/comparison.test.ts',
    pattern: 'stops nobody else',
  },
  {
    name: 'late jobs',
    why: 'a job stands still, and nobody is told',
    file: 'db/operations/checks.ts',
    from: 'from job_steps where coalesce(finished_at, since) <',
    to: 'from job_steps where false and coalesce(finished_at, since) <',
    tests: 'test/db/operations/jobs.test.ts',
    pattern: 'is a failed check by its name',
  },
  {
    name: 'end of every wait',
    why: 'a payout waits for ever, and nobody is told',
    file: 'db/attention/waiting-for-people.ts',
    from: 'and coalesce(${waitedSince} < business_now(), false))',
    to: 'and false and coalesce(${waitedSince} < business_now(), false))',
    tests: 'test/db/attention/long-waits.test.ts',
    pattern: 'is told to a person once',
  },
  {
    name: 'garbage from the internet',
    why: 'strangers fail the check of the webhooks, and a real fault is not believed',
    file: 'db/stripe-events/receipts.ts',
    from: 'or exists (select from sellers where stripe_account = account))',
    to: 'or account is not null)',
    tests: 'test/api/stripe-events/receipts.test.ts',
    pattern: 'fails no check',
  },
];
