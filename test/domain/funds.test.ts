import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Funds, planReservation, type Reservation } from '../../domain/funds.ts';
import type { Hold } from '../../domain/holds.ts';
import { leastPayout, money, movableAmount, payableAmount } from '../../domain/money.ts';

describe('a reservation', () => {
  test.each([
    // asked  platform  account  later   takes, or why not      why
    [null, 100_00, 0, 0, [100_00, 0], 'all that is payable'],
    [null, 100_00, 30_00, 0, [100_00, 30_00], 'only the rest is transferred'],
    [30_00, 100_00, 30_00, 0, [0, 30_00], 'what is at the account goes first'],
    [40_00, 100_00, 30_00, 0, [10_00, 30_00], 'then as little as possible from the platform'],
    [null, 100_00, 0, 40_00, [60_00, 0], 'what is not available yet stays'],
    [61_00, 100_00, 0, 40_00, 'more-than-payable', 'an order is paid in full or not at all'],
    [1, 0, 0, 0, 'more-than-payable', 'there is nothing'],
    [null, 0, 0, 0, 'nothing-payable', 'there is nothing, and nothing was asked for by number'],
    [null, 100_00, 0, 100_00, 'nothing-payable', 'all of it comes later'],
    [null, 100_00, -1, 0, 'account-negative', 'a transfer would fill the hole'],
    [50_00, 100_00, -1, 0, 'account-negative', 'also for an order by number'],
    [null, -40_00, 100_00, 0, [0, 60_00], 'what the seller owes at the platform is kept back'],
    [null, -100_00, 100_00, 0, 'nothing-payable', 'all of it is owed'],
  ] as const)(
    'of %s from %i and %i, %i of it later, is %j: %s',
    (requestedAmount, atPlatform, atAccount, notYetAvailable, takes, _why) => {
      const funds = { requestedAmount, currency: 'eur', atPlatform, atAccount, notYetAvailable };
      expect(takenBy(planReservation({ ...funds, holds: [] }))).toEqual(takes);
    },
  );

  test.each([
    // country  currency  payable   takes, or why not
    ['HU', 'huf', 359_00, 'below-minimum'],
    ['HU', 'huf', 360_00, [0, 360_00]],
    ['HU', 'eur', 1_00, [0, 1_00]],
    ['CH', 'chf', 4_99, 'below-minimum'],
    ['PL', 'pln', 5_00, [0, 5_00]],
    ['US', 'usd', 1, [0, 1]],
  ] as const)(
    'in %s takes no less than Stripe pays out there: %s %i',
    (seller, currency, atAccount, takes) => {
      const corridor = { platform: 'DE', seller, agreement: 'full' as const };
      const funds = { currency, atAccount, atPlatform: 0, notYetAvailable: 0, holds: [], corridor };
      expect(takenBy(planReservation({ ...funds, requestedAmount: null }))).toEqual(takes);
    },
  );

  const until = '2026-12-01T00:00:00.000Z';
  const all = { currency: null, amount: null, expiresAt: null };
  const some = { currency: 'eur', amount: 30_00, expiresAt: until };
  test.each<[asked: number | null, holds: Hold[], takes: unknown, why: string]>([
    [null, [all], 'held until null', 'nothing is left'],
    [null, [some], [70_00, 0], 'an order for all shrinks'],
    [null, [some, some], [40_00, 0], 'holds add up'],
    [null, [some, { ...some, amount: 70_00 }], `held until ${until}`, 'together they hold all'],
    [null, [{ ...all, expiresAt: until }, all], `held until ${until}`, 'the first to lift counts'],
    [null, [{ ...some, currency: 'usd' }], [100_00, 0], 'another currency is not held'],
    [null, [{ ...all, currency: 'usd' }], [100_00, 0], 'all of another currency neither'],
    [70_00, [some], [70_00, 0], 'what is left is enough'],
    [70_01, [some], `held until ${until}`, 'an order by number is paid in full or waits'],
    [100_01, [some], 'more-than-payable', 'also without the hold it could not be paid'],
    [null, [{ ...some, amount: Number.MAX_SAFE_INTEGER }, some], `held until ${until}`, 'no sum'],
  ])('of %s beside %j is %j: %s', (requestedAmount, holds, takes, _why) => {
    const funds = { requestedAmount, currency: 'eur', atPlatform: 100_00, atAccount: 0 };
    expect(takenBy(planReservation({ ...funds, notYetAvailable: 0, holds }))).toEqual(takes);
  });

  test('of money that is not there is skipped, held or not', () => {
    const funds = { requestedAmount: null, currency: 'eur', atPlatform: 0, atAccount: 0 };
    const plan = planReservation({ ...funds, notYetAvailable: 0, holds: [all] });
    expect(takenBy(plan)).toBe('nothing-payable');
  });

  test.each([
    // currency  platform  account  takes, or why not   why
    ['kwd', 1_000, 1_234, [1_000, 1_230], 'thousandths that end in 0, in the transfer too'],
    ['kwd', 996, 1_234, [990, 1_230], 'what the platform cannot fill up stays'],
    ['isk', 150_00, 20_50, [150_00, 20_00], 'whole units, in the transfer too'],
    ['huf', 100_30, 20_50, [99_50, 20_50], 'only the bank wants whole units'],
    ['eur', 99, 0, 'below-minimum', 'less than one unit'],
    ['eur', 0, 99, 'below-minimum', 'the same at the account'],
    ['eur', 50, 50, [50, 50], 'one unit of both places'],
    ['usd', 1, 0, [1, 0], 'one cent is enough in USD'],
    ['jpy', 1, 0, [1, 0], 'one yen is a whole unit'],
    ['kwd', 990, 0, 'below-minimum', 'less than one dinar'],
  ] as const)('in %s of %i and %i is %j: %s', (currency, atPlatform, atAccount, takes, _why) => {
    const funds = { requestedAmount: null, currency, atPlatform, atAccount };
    const plan = planReservation({ ...funds, notYetAvailable: 0, holds: [] });
    expect(takenBy(plan)).toEqual(takes);
  });

  test('leaves with the seller what a bank cannot carry', () => {
    const funds = { requestedAmount: null, atAccount: 20_50, notYetAvailable: 0, holds: [] };
    expect(planReservation({ ...funds, currency: 'huf', atPlatform: 100_30 })).toEqual({
      kind: 'reserve',
      fromAccount: 20_50,
      fromPlatform: 99_50,
    });
    expect(planReservation({ ...funds, currency: 'huf', atAccount: 0, atPlatform: 99 })).toEqual({
      kind: 'skip',
      reason: 'nothing-payable',
    });
  });

  const amount = fc.integer({ min: -1_000_00, max: 1_000_00 });
  const anyFunds: fc.Arbitrary<Funds> = fc.record({
    requestedAmount: fc.option(fc.integer({ min: 1, max: 2_000_00 })),
    currency: fc.constantFrom('eur', 'jpy', 'huf', 'bhd'),
    atPlatform: amount,
    atAccount: amount,
    notYetAvailable: fc.integer({ min: 0, max: 500_00 }),
    holds: fc.constant([]),
  });
  const anyHolds: fc.Arbitrary<Hold[]> = fc.array(
    fc.record({
      currency: fc.constantFrom(null, 'eur', 'usd'),
      amount: fc.option(fc.integer({ min: 1, max: 500_00 })),
      expiresAt: fc.constantFrom(null, until),
    }),
    { maxLength: 4 },
  );

  test('never takes what is held, and waits only where a release would let it go', () => {
    fc.assert(
      fc.property(anyFunds, anyHolds, (given, holds) => {
        const funds = { ...given, currency: 'eur', holds };
        const plan = planReservation(funds);
        const free = planReservation({ ...funds, holds: [] });
        const held = holds
          .filter(({ currency }) => currency !== 'usd')
          .reduce((sum, { amount }) => sum + (amount ?? Infinity), 0);
        const payable = funds.atAccount + funds.atPlatform - funds.notYetAvailable;
        const takenOf = (one: Reservation): number => {
          return one.kind === 'reserve' ? one.fromPlatform + one.fromAccount : 0;
        };
        if (plan.kind === 'reserve') expect(takenOf(plan)).toBeLessThanOrEqual(payable - held);
        expect(takenOf(plan)).toBeLessThanOrEqual(takenOf(free));
        if (plan.kind === 'reserve' && given.requestedAmount !== null) {
          expect(takenOf(plan)).toBe(given.requestedAmount);
        }
        if (plan.kind === 'wait') expect(held).toBeGreaterThan(0);
        // Holds make nobody skip what there is: they only make it smaller or wait.
        if (free.kind === 'skip' && free.reason !== 'below-minimum') expect(plan).toEqual(free);
        if (held === 0) expect(plan).toEqual(free);
      }),
      { numRuns: 5000 },
    );
  });

  test('never takes more than is payable, nor anything while the account is negative', () => {
    fc.assert(
      fc.property(anyFunds, (funds) => {
        const plan = planReservation(funds);
        if (plan.kind !== 'reserve') return;
        const taken = plan.fromPlatform + plan.fromAccount;
        expect(taken).toBeGreaterThan(0);
        expect(funds.atAccount).toBeGreaterThanOrEqual(0);
        expect(plan.fromAccount).toBeLessThanOrEqual(funds.atAccount);
        expect(plan.fromPlatform).toBeLessThanOrEqual(
          Math.max(0, funds.atPlatform - funds.notYetAvailable),
        );
        expect(taken).toBeLessThanOrEqual(
          funds.atAccount + funds.atPlatform - funds.notYetAvailable,
        );
        expect(taken).toBeLessThanOrEqual(funds.requestedAmount ?? taken);
        const movable = movableAmount(money(funds.atAccount, funds.currency));
        if (plan.fromPlatform > 0) expect(plan.fromAccount).toBe(movable);
        expect(movableAmount(money(plan.fromPlatform, funds.currency))).toBe(plan.fromPlatform);
        expect(payableAmount(money(taken, funds.currency))).toBe(taken);
      }),
      { numRuns: 5000 },
    );
  });

  test('asked for everything takes everything that a bank can carry', () => {
    fc.assert(
      fc.property(anyFunds, (given) => {
        const funds = { ...given, requestedAmount: null, currency: 'eur' };
        const plan = planReservation(funds);
        const payable = funds.atAccount + funds.atPlatform - funds.notYetAvailable;
        const taken = plan.kind === 'reserve' ? plan.fromPlatform + plan.fromAccount : 0;
        expect(taken).toBe(funds.atAccount < 0 || payable < leastPayout('eur') ? 0 : payable);
      }),
      { numRuns: 2000 },
    );
  });
});

/** What is taken from the platform and from the account, or why nothing is. */
function takenBy(plan: Reservation): [number, number] | string {
  if (plan.kind === 'wait') return `held until ${plan.until}`;
  if (plan.kind === 'no-route') return plan.kind;
  return plan.kind === 'skip' ? plan.reason : [plan.fromPlatform, plan.fromAccount];
}
