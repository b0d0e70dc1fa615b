import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { heldOf } from '../../domain/funds.ts';
import { type KnownFunds, needsOf } from '../../domain/funding.ts';
import { manualSchedule } from '../../domain/paydays/schedule.ts';
import { emptyFunds } from '../build/seller.ts';

const now = '2026-11-24T12:00:00.000Z';
const friday = '2026-11-27T08:00:00.000Z';
const end = '2026-11-28T00:00:00.000Z';

const amount = fc.integer({ min: 0, max: 100_00 });
const hold = fc.record({
  currency: fc.constant('eur'),
  amount: fc.option(amount),
  expiresAt: fc.constant(null),
});

/** Money that is owed, money that came without an order, and what stops a payout. */
const funds = fc
  .record({
    owed: amount,
    cameUnordered: fc.oneof(fc.constant(0), amount),
    fromPlatform: fc.boolean(),
    holds: fc.array(hold, { maxLength: 2 }),
    isOpen: fc.boolean(),
    isBankPaused: fc.boolean(),
    isBehindParked: fc.boolean(),
  })
  .map(({ owed, fromPlatform, isOpen, ...own }): KnownFunds => {
    const places = fromPlatform
      ? { atPlatform: owed, atAccount: 0 }
      : { atPlatform: 0, atAccount: owed };
    const atAccount = places.atAccount + own.cameUnordered;
    return { ...emptyFunds, ...own, ...places, atAccount, unordered: isOpen ? 'disc_1' : null };
  });

const schedule = fc.record({
  interval: fc.constantFrom('manual' as const, 'daily' as const),
  thresholds: fc.constantFrom({}, { eur: 50_00 }),
  minimums: fc.constantFrom({}, { eur: 50_00 }),
});

const seller = fc.record({
  schedule,
  status: fc.constantFrom('active' as const, 'restricted' as const),
  isPaused: fc.boolean(),
  hasPayday: fc.boolean(),
  orders: fc.array(fc.option(fc.integer({ min: 1, max: 100_00 })), { maxLength: 2 }),
  funds,
});

test('all that a seller needs in a currency never exceeds what is owed there', () => {
  fc.assert(
    fc.property(seller, ({ schedule: given, hasPayday, orders, funds: own, ...payee }) => {
      const isPlanned = hasPayday && given.interval !== 'manual';
      const needs = needsOf({
        payee: { ...payee, isMoneyStopped: false, schedule: { ...manualSchedule, ...given } },
        orders: orders.map((requestedAmount) => ({ currency: 'eur', requestedAmount })),
        now: { at: now, funds: [own] },
        payday: isPlanned ? { at: friday, funds: [own] } : null,
        end: { at: end, funds: [own] },
      });
      // Money that came without an order is not owed, but a released hold lets it be paid.
      const isNotOwed = Math.min(own.cameUnordered, heldOf(own));
      const owed = own.atPlatform + own.atAccount - isNotOwed;
      const sum = needs.reduce((all, one) => all + one.amount, 0);
      expect(sum).toBeLessThanOrEqual(owed);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['is open', 'disc_1', 'unordered-money'],
  ['was closed as for something else', null, 'not-ordered'],
])('money that came without an order is in no need while its discrepancy %s', (_w, id, reason) => {
  const holds = [{ currency: 'eur', amount: 25_00, expiresAt: null }];
  const places = { atPlatform: 25_00, atAccount: 25_00, cameUnordered: 25_00 };
  const own = { ...emptyFunds, ...places, holds, unordered: id } as KnownFunds;
  const needs = needsOf({
    payee: { status: 'active', isPaused: false, isMoneyStopped: false, schedule: manualSchedule },
    orders: [],
    now: { at: now, funds: [own] },
    payday: null,
    end: { at: end, funds: [own] },
  });
  expect(needs).toMatchObject([{ reason, amount: 25_00 }]);
  expect(needs).toHaveLength(1);
});
