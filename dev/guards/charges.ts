import type { Guard } from './switch-off.ts';

/** The guards of what charges pay and cover. */
export const chargeGuards: readonly Guard[] = [
  {
    name: 'one payment a charge',
    why: 'a charge pays the seller by itself, and its earning is paid as well',
    file: 'domain/earnings/coverage.ts',
    from: "if (isPaidByCharge || isPassedOn) return 'pays-seller';",
    to: '',
    tests: 'test/domain/earnings/coverage.test.ts',
    pattern: 'pays the seller by itself',
  },
  {
    name: 'what a charge kept',
    why: 'money that was refunded to the customer is paid to the seller',
    file: 'domain/earnings/coverage.ts',
    from: 'gross.amount - refunded - shared',
    to: 'gross.amount - shared',
    tests: 'test/domain/earnings/coverage.test.ts',
    pattern: 'never get more than the charge kept',
  },
  {
    name: 'income beside earnings',
    why: 'the books show later that a charge paid the seller, and nobody notices',
    file: 'db/reconciliation/movements.ts',
    from: '  await holdPaidByCharge(tx, sellerId, charges);',
    to: '',
    tests: 'test/db/reconciliation/charges/coverage.test.ts',
    pattern: 'takes its earning out of a payout that was not sent',
  },
  {
    name: 'held earnings',
    why: 'a payout contains what is held of an earning',
    file: 'db/migrations/0001-baseline/earnings.sql',
    from: 'check (held >= 0 and allocated + held <= amount)',
    to: 'check (held >= 0)',
    tests: 'test/db/reconciliation/charges/coverage.test.ts',
    pattern: 'cannot be allocated by any statement',
  },
];
