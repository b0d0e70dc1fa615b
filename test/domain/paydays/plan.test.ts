import { describe, expect, test } from 'vitest';
import { claimsOf, noClaims, type PaydayPlan, planPayday } from '../../../domain/paydays/plan.ts';

const schedule = { minimums: { eur: 25_00, huf: 1000_00 } };
const noFunds = { currency: 'eur', atPlatform: 0, atAccount: 0, notYetAvailable: 0, holds: [] };

describe('a payday', () => {
  const nothing: PaydayPlan = { kind: 'nothing', amount: 0, reason: null };
  test.each<[why: string, funds: [number, number, number], plan: PaydayPlan, currency?: string]>([
    ['pays the minimum', [25_00, 0, 0], { kind: 'pay', amount: 25_00, reason: null }],
    [
      'pays what is at both places',
      [20_00, 10_00, 0],
      { kind: 'pay', amount: 30_00, reason: null },
    ],
    ['keeps less', [24_99, 0, 0], { kind: 'skip', amount: 24_99, reason: 'below-minimum' }],
    [
      'does not count what comes later',
      [30_00, 0, 10_00],
      { kind: 'skip', amount: 20_00, reason: 'below-minimum' },
    ],
    [
      'pays any amount without a minimum',
      [1, 0, 0],
      { kind: 'pay', amount: 1, reason: null },
      'usd',
    ],
    [
      'counts what the bank can carry',
      [1000_50, 0, 0],
      { kind: 'pay', amount: 1000_00, reason: null },
      'huf',
    ],
    ['says nothing of nothing', [0, 0, 0], nothing],
    ['says nothing of what comes later', [30_00, 0, 30_00], nothing],
    ['says nothing of a debt', [-30_00, 0, 0], nothing],
    [
      'fills no hole at the account',
      [30_00, -5_00, 0],
      { kind: 'skip', amount: 30_00, reason: 'account-negative' },
    ],
    ['says nothing of a hole alone', [0, -5_00, 0], nothing],
  ])('%s', (_why, [atPlatform, atAccount, notYetAvailable], plan, currency = 'eur') => {
    const funds = { currency, atPlatform, atAccount, notYetAvailable, holds: [] };
    expect(planPayday(schedule, funds, noClaims)).toEqual(plan);
  });

  const hold = { currency: 'eur', amount: null, expiresAt: null };
  const all = { amount: 100_00, waiting: 0, isOfAll: true, isHeld: false };
  test.each<[why: string, given: object, claims: typeof noClaims, plan: PaydayPlan]>([
    [
      'orders what an order for an amount leaves',
      { atPlatform: 100_00 },
      { ...noClaims, amount: 60_00 },
      { kind: 'pay', amount: 40_00, reason: null },
    ],
    [
      'orders no rest below the minimum beside an order',
      { atPlatform: 100_00 },
      { ...noClaims, amount: 80_00 },
      { kind: 'skip', amount: 20_00, reason: 'below-minimum' },
    ],
    [
      'says nothing beside an order that takes all',
      { atPlatform: 100_00 },
      { ...noClaims, amount: 100_00 },
      nothing,
    ],
    [
      'adds nothing to an order for everything that pays all',
      { atPlatform: 100_00 },
      all,
      { kind: 'join', amount: 0, reason: null },
    ],
    [
      'adds any amount to an order for everything',
      { atPlatform: 101_00 },
      all,
      { kind: 'join', amount: 1_00, reason: null },
    ],
    [
      'does not skip what an order for everything waits for',
      { atPlatform: 100_00, holds: [hold] },
      { amount: 0, waiting: 0, isOfAll: true, isHeld: true },
      { kind: 'join', amount: 100_00, reason: 'on-hold' },
    ],
  ])('%s', (_why, given, claims, plan) => {
    expect(planPayday(schedule, { ...noFunds, ...given }, claims)).toEqual(plan);
  });
});

test.each<[why: string, asked: (number | null)[], payable: number, taken: number]>([
  ['no order takes nothing', [], 100_00, 0],
  ['an order by amount takes that', [30_00], 100_00, 30_00],
  ['orders add up', [30_00, 40_00], 100_00, 70_00],
  ['an order for all takes what is left', [30_00, null], 100_00, 100_00],
  ['an order of more than is there is skipped', [400_00, 30_00], 100_00, 30_00],
  ['an order of more than others leave is skipped', [80_00, 30_00], 100_00, 80_00],
  ['nothing is taken of nothing', [null], 0, 0],
  ['an order below Stripe’s minimum is skipped', [1, 30_00], 100_00, 30_00],
])('%s', (_why, asked, atPlatform, taken) => {
  const orders = asked.map((requestedAmount) => ({ requestedAmount }));
  expect(claimsOf(orders, { ...noFunds, atPlatform })).toMatchObject({ amount: taken });
});

test('an order of more than the holds leave waits, and the payday waits behind it', () => {
  const hold = { currency: 'eur', amount: 60_00, expiresAt: null };
  const held = { ...noFunds, atPlatform: 100_00, holds: [hold] };
  const claims = { amount: 40_00, waiting: 40_00, isOfAll: false, isHeld: false };
  expect(claimsOf([{ requestedAmount: 80_00 }], held)).toEqual(claims);
});

test('a smaller order reserves what the holds leave, although an earlier order waits', () => {
  const hold = { currency: 'eur', amount: 60_00, expiresAt: null };
  const held = { ...noFunds, atPlatform: 100_00, holds: [hold] };
  const orders = [{ requestedAmount: 80_00 }, { requestedAmount: 30_00 }];
  expect(claimsOf(orders, held)).toMatchObject({ amount: 40_00, waiting: 10_00 });
});

test('an order for everything that holds cover claims nothing, and waits', () => {
  const holds = [{ currency: 'eur', amount: null, expiresAt: null }];
  const claims = { amount: 0, waiting: 0, isOfAll: true, isHeld: true };
  const held = { ...noFunds, atPlatform: 100_00, holds };
  expect(claimsOf([{ requestedAmount: null }], held)).toEqual(claims);
});
