import type { Guard } from './switch-off.ts';

const orders = 'test/db/paydays/orders.test.ts';
const impossible = 'test/activities/payouts/impossible.test.ts';

/** The guards of paydays and of transfers that no payout could follow. */
export const paydayGuards: readonly Guard[] = [
  {
    name: 'a payday joins an open order',
    why: 'a payday orders what an open order already pays, and the payouts pile up',
    file: 'domain/paydays/plan.ts',
    from: 'if (claims.isOfAll) {',
    to: 'if (claims.isOfAll && false) {',
    tests: 'test/domain/paydays/plan.test.ts',
    pattern: 'adds any amount to an order for everything',
  },
  {
    name: 'the cut-off of a joined order',
    why: 'the money of the joined paydays waits for another payday',
    file: 'db/paydays/orders.ts',
    from: 'cut_off_at = case when cut_off_at is not null then greatest(cut_off_at, ${cutOffAt}) end',
    to: 'cut_off_at = cut_off_at',
    tests: orders,
    pattern: 'has one order for all paydays',
  },
  {
    name: 'one skip for paydays in a row',
    why: 'a seller below the minimum is told the same every day',
    file: 'db/paydays/orders.ts',
    from: 'return rows.length > 0;',
    to: 'return rows.length > 99;',
    tests: orders,
    pattern: 'for the same reason as the one before is told once',
  },
  {
    name: 'no transfer to an account that may not pay out',
    why: 'money is transferred that no payout can follow',
    file: 'domain/payouts/sending.ts',
    from: "if (step === 'transfer' && payout.lacksCapability) {",
    to: "if (step === 'payout' && payout.lacksCapability) {",
    tests: impossible,
    pattern: 'while the account may not pay out',
  },
  {
    name: 'no funds for a transfer that is stopped',
    why: 'the platform provides money that cannot be paid',
    file: 'domain/funding.ts',
    from: 'if (reason !== null) {\n      sum.notDue',
    to: 'if (reason === undefined) {\n      sum.notDue',
    tests: 'test/domain/funding.test.ts',
    pattern: 'is not due for a closed bank account',
  },
  {
    name: 'a payday whose day has come',
    why: 'a changed schedule drops a payday that a weekend moved',
    file: 'api/sellers/change-schedule.ts',
    from: "const begun = schedule.interval === 'manual' ?",
    to: 'const begun = schedule !== null ?',
    tests: 'test/api/sellers/change-schedule.test.ts',
    pattern: 'is kept when the schedule changes',
  },
  {
    name: 'the days of the currency',
    why: 'a seller is paid on a day on which no bank moves the money',
    file: 'activities/paydays/bank-days.ts',
    from: 'if (currency in closedDays) return currency;',
    to: 'if (currency in closedDays) return country;',
    tests: 'test/activities/paydays/bank-days.test.ts',
    pattern: 'the banks of .* are closed on the weekdays',
  },
  {
    name: 'a dry run in a currency without money',
    why: 'a dry run says that an order ends, and the order waits for a bank account',
    file: 'db/explanations/facts.ts',
    from: 'await readFundsAndReadiness(tx, sellerId, null, asked)',
    to: 'await readFundsAndReadiness(tx, sellerId, null)',
    tests: 'test/api/paydays/dry-run-doors.test.ts',
    pattern: 'a dry run in a currency without money names',
  },
];
