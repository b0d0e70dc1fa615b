import type { Guard } from './switch-off.ts';

const numbers = 'test/db/accounts/shared-numbers.test.ts';

/** The guards of bank accounts, which are known by their numbers. */
export const bankGuards: readonly Guard[] = [
  {
    name: 'cooling after money was sent',
    why: 'the first payout is on its way, and the bank account of a thief takes the second',
    file: 'db/accounts/bank-accounts.ts',
    from: 'where seller_id = ${sellerId} and ${mayHaveBeenSent})',
    to: "where seller_id = ${sellerId} and status = 'paid')",
    tests: 'test/db/accounts/cooling.test.ts',
    pattern: 'another waits while the first is still on its way',
  },
  {
    name: 'number of several sellers',
    why: 'a closed bank account is paid for every other seller who uses it',
    file: 'db/migrations/0001-baseline/accounts.sql',
    from: 'and (paused.seller_id = seller or not paused.pause_is_of_seller))))',
    to: 'and paused.seller_id = seller)))',
    tests: numbers,
    pattern: 'is paused for a seller who enters it later',
  },
  {
    name: 'number of a stranger',
    why: 'whoever enters the number of somebody else stops the payouts of its owner',
    file: 'domain/accounts/bank.ts',
    from: "return scopeOf(code) === 'number';",
    to: 'return true;',
    tests: numbers,
    pattern: 'which one seller entered|for this seller alone',
  },
  {
    name: 'default without a fingerprint',
    why: 'a seller whom Stripe can pay waits for ever for other bank details',
    file: 'db/migrations/0001-baseline/accounts.sql',
    from: `gone_at is null
        and is_listed)`,
    to: `gone_at is null
        and fingerprint is not null)`,
    tests: 'test/db/accounts/bank-accounts.test.ts',
    pattern: 'the default has no fingerprint',
  },
  {
    name: 'change to the number of another seller',
    why: 'one person collects the money of several stolen logins',
    file: 'db/accounts/bank-accounts.ts',
    from: 'case when is_shared then greatest',
    to: 'case when false then greatest',
    tests: numbers,
    pattern: 'cools for long, so that a person can look',
  },
  {
    name: 'no bank account',
    why: 'money is transferred that no payout can follow',
    file: 'domain/payouts/reservation.ts',
    from: 'if (bank.isBankPaused || bank.isConverted || bank.lacksBank) return',
    to: 'if (bank.isBankPaused || bank.isConverted) return',
    tests: 'test/db/accounts/bank-accounts.test.ts',
    pattern: 'reserves nothing while none takes the currency',
  },
  {
    name: 'no route',
    why: 'money is reserved for a transfer that Stripe refuses',
    file: 'domain/funds.ts',
    from: 'if (isOutOfReach(funds, wanted)) return',
    to: 'if (isOutOfReach({ ...funds, corridor: null }, wanted)) return',
    tests: 'test/db/accounts/corridors.test.ts',
    pattern: 'is decided by the country of the account|waits in a self-serve corridor',
  },
  {
    name: 'two default bank accounts',
    why: 'whichever stands first in Stripe’s list is paid',
    file: 'db/migrations/0001-baseline/accounts.sql',
    from: 'and 1 <> (select count(*)',
    to: 'and 0 = (select count(*)',
    tests: 'test/activities/payouts/impossible.test.ts',
    pattern: 'while two bank accounts are the default',
  },
  {
    name: 'the smallest payout of the country',
    why: 'money is transferred that Stripe then refuses to pay out',
    file: 'domain/funds.ts',
    from: 'fromPlatform < leastPayoutTo(funds.corridor, currency)',
    to: 'fromPlatform < leastPayoutTo(null, currency)',
    tests: 'test/domain/funds.test.ts',
    pattern: 'takes no less than Stripe pays out there',
  },
];
