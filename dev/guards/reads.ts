import type { Guard } from './switch-off.ts';

/** The guards around reads that Stripe refuses. */
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
];
