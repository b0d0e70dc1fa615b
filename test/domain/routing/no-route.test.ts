import { describe, expect, test } from 'vitest';
import { needsOf, type SellerFunding } from '../../../domain/funding.ts';
import { type Funds, planReservation, type Reservation } from '../../../domain/funds.ts';
import { type ExpectedFunds, forecastPayday } from '../../../domain/paydays/forecast.ts';
import { noClaims } from '../../../domain/paydays/plan.ts';
import { manualSchedule } from '../../../domain/paydays/schedule.ts';
import { decideReservation } from '../../../domain/payouts/reservation.ts';
import { stopBeforeSending } from '../../../domain/payouts/sending.ts';
import { type Corridor, whyNoRoute } from '../../../domain/routing/route.ts';
import { emptyFunds } from '../../build/seller.ts';

const closed: Corridor = { platform: 'DE', seller: 'JP', agreement: 'full' };
const now = '2026-11-24T12:00:00.000Z';
const all = { currency: 'eur', amount: null, expiresAt: null };
const noRoute = { kind: 'no-route' } as const;
const pays = (fromAccount: number, fromPlatform = 0) =>
  ({ kind: 'reserve', fromAccount, fromPlatform }) as Reservation;

test.each<[string, Corridor | null | undefined, boolean]>([
  // why                                     corridor                                            refused
  ['a country outside the region', closed, true],
  ['the same country', { ...closed, seller: 'DE' }, false],
  ['a self-serve corridor', { ...closed, seller: 'FR' }, false],
  ['recipient in it', { ...closed, seller: 'FR', agreement: 'recipient' }, true],
  ['full where recipient is needed', { ...closed, platform: 'US' }, true],
  ['recipient there', { platform: 'US', seller: 'JP', agreement: 'recipient' }, false],
  [
    'an agreement that decides and is not known',
    { ...closed, platform: 'US', agreement: null },
    false,
  ],
  ['an agreement that decides nothing and is not known', { ...closed, agreement: null }, true],
  ['a country that no table names', { ...closed, seller: 'ZZ' }, true],
  ['a platform whose country is not known', null, false],
  ['a history without a corridor', undefined, false],
])('%s is a route or not', (_why, corridor, isRefused) => {
  expect(whyNoRoute(corridor) !== null).toBe(isRefused);
});

test.each<[string, Partial<Funds>, Reservation]>([
  ['all is at the platform', { atPlatform: 100_00 }, noRoute],
  ['holds cover it as well', { atPlatform: 100_00, holds: [all] }, noRoute],
  ['a part is at the account', { atPlatform: 100_00, atAccount: 30_00 }, pays(30_00)],
  ['too little is at the account', { atPlatform: 100_00, atAccount: 50 }, noRoute],
  [
    'a fixed amount is at the account',
    { atPlatform: 100_00, atAccount: 30_00, requestedAmount: 30_00 },
    pays(30_00),
  ],
  [
    'a fixed amount is not',
    { atPlatform: 100_00, atAccount: 30_00, requestedAmount: 30_01 },
    noRoute,
  ],
  [
    'a fixed amount is more than all',
    { atPlatform: 100_00, requestedAmount: 100_01 },
    { kind: 'skip', reason: 'more-than-payable' },
  ],
  [
    'nothing is payable',
    { atPlatform: 100_00, notYetAvailable: 100_00 },
    { kind: 'skip', reason: 'nothing-payable' },
  ],
  [
    'holds cover what is at the account',
    { atPlatform: 100_00, atAccount: 30_00, holds: [all] },
    { kind: 'wait', until: null },
  ],
  [
    'a hold is covered by what stays',
    { atPlatform: 100_00, atAccount: 30_00, holds: [{ ...all, amount: 50_00 }] },
    pays(30_00),
  ],
])('without a route, where %s, an order does what it can', (_why, given, plan) => {
  const funds = { ...emptyFunds, requestedAmount: null, corridor: closed, ...given };
  expect(planReservation(funds)).toEqual(plan);
});

const bankless = {
  ...emptyFunds,
  isConverted: true,
  lacksBank: true,
  isBusy: false,
  corridor: closed,
};
const active = { status: 'active', isPaused: false } as const;

test.each([
  [{ atPlatform: 100_00 }, 'no-route', 'a seller without a route needs no bank account'],
  [{ atPlatform: 100_00, atAccount: 30_00 }, 'bank-details', 'money at the account needs one'],
])('with %j an order without a bank account waits for %s: %s', (given, reason, _why) => {
  const funds = { ...bankless, ...given };
  const decision = decideReservation(
    { ...funds, ...active },
    { ...funds, requestedAmount: null },
    now,
  );
  expect(decision).toMatchObject({ kind: 'wait', reason });
});

describe('without a route', () => {
  const schedule = { ...manualSchedule, interval: 'daily' as const };
  const payee = { ...active, isMoneyStopped: false, schedule };
  const funds = (given: Partial<ExpectedFunds>): ExpectedFunds => {
    return { ...emptyFunds, corridor: closed, ordered: noClaims, ...given };
  };

  test('a payday pays what is at the account, and skips the rest with its reason', () => {
    expect(
      forecastPayday(payee, funds({ atPlatform: 100_00, lacksBank: true }), now),
    ).toMatchObject({
      pays: 0,
      leaves: 100_00,
      wouldPay: 100_00,
      held: 0,
      reason: 'no-route',
    });
    expect(
      forecastPayday(payee, funds({ atPlatform: 100_00, atAccount: 30_00 }), now),
    ).toMatchObject({
      pays: 30_00,
      fromPlatform: 0,
      leaves: 100_00,
      reason: null,
    });
  });

  test.each<[string, Partial<SellerFunding['payee']>, Partial<ExpectedFunds>, object[]]>([
    ['all of it', {}, { atPlatform: 100_00 }, [{ reason: 'no-route', amount: 100_00 }]],
    [
      'what is not at the account',
      {},
      { atPlatform: 100_00, atAccount: 30_00 },
      [
        { reason: null, amount: 30_00, fromPlatform: 0 },
        { reason: 'no-route', amount: 100_00 },
      ],
    ],
    [
      'what is not held at the account',
      {},
      { atPlatform: 100_00, atAccount: 30_00, holds: [all] },
      [
        { reason: 'on-hold', amount: 30_00 },
        { reason: 'no-route', amount: 100_00 },
      ],
    ],
    [
      'once, with the pause',
      { isPaused: true },
      { atPlatform: 100_00 },
      [{ reason: 'seller-paused', amount: 100_00 }],
    ],
  ])('funding names %s, each amount once', (_why, change, given, needs) => {
    const at = { at: now, funds: [{ ...funds(given), cameUnordered: 0 }] };
    for (const interval of ['daily', 'manual'] as const) {
      const own = { ...payee, schedule: { ...schedule, interval }, ...change };
      const payday = interval === 'daily' ? at : null;
      const due = needsOf({ payee: own, orders: [], now: at, payday, end: at });
      const expected =
        interval === 'daily'
          ? needs
          : needs.map(({ reason, ...one }: { reason?: unknown }) => {
              return reason === null
                ? { reason: 'not-ordered', amount: 30_00 }
                : { reason, ...one };
            });
      expect(due).toMatchObject(expected);
      expect(due).toHaveLength(needs.length);
    }
  });

  test('a transfer that was never sent is stopped before the bank account is looked at, a payout is not', () => {
    const row = { now, bankPaused: true, payoutsAreManual: true, whyNoRoute: 'no route' };
    expect(stopBeforeSending(row, 'transfer')).toMatchObject({ reason: 'no-route' });
    expect(stopBeforeSending({ ...row, bankPaused: false }, 'payout')).toBeNull();
  });
});
