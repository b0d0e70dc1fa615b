import { describe, expect, test } from 'vitest';
import {
  decideReservation,
  type Readiness,
  stopBefore,
  type StopReason,
} from '../../../domain/payouts/reservation.ts';

const now = '2026-11-27T08:00:00.000Z';
const later = '2026-11-28T08:00:00.000Z';
const free: Readiness = {
  isPaused: false,
  status: 'active',
  isBusy: false,
  isUnread: false,
  unordered: null,
  isBankPaused: false,
  isConverted: false,
  lacksBank: false,
  coolsUntil: null,
};
const everything: Readiness = {
  isPaused: true,
  status: 'restricted',
  isBusy: true,
  isUnread: true,
  unordered: 'disc_1',
  isBankPaused: true,
  isConverted: true,
  lacksBank: true,
  coolsUntil: later,
};

test.each<[stop: StopReason | null, readiness: Partial<Readiness>, why: string]>([
  [null, {}, 'nothing is in the way'],
  ['seller-paused', { isPaused: true }, 'a person paused the seller'],
  ['seller-not-active', { status: 'onboarding' }, 'Stripe does not pay the account yet'],
  ['seller-not-active', { status: 'restricted' }, 'Stripe does not pay the account any more'],
  ['seller-not-active', { status: 'closed' }, 'the platform closed the seller'],
  ['unread-account', { isUnread: true }, 'nobody can see whether the money is there'],
  ['unordered-money', { unordered: 'disc_1' }, 'somebody else may have paid the same money'],
  ['another-payout', { isBusy: true }, 'two payouts would weigh the same money'],
  ['bank-details', { isBankPaused: true }, 'payouts to this bank account failed'],
  ['bank-details', { isConverted: true }, 'nobody agreed to the rate of a conversion'],
  ['bank-details', { lacksBank: true }, 'no later step could pay the money'],
  ['cooling-period', { coolsUntil: later }, 'the bank account was changed just now'],
  [null, { coolsUntil: now }, 'the cooling period is over'],
])('a payout is stopped by %s with %j: %s', (stop, readiness, _why) => {
  expect(stopBefore({ ...free, ...readiness }, { kind: 'reserve' }, now)).toBe(stop);
});

test('of several reasons the first is told: seller, other money, other payout, bank account, time', () => {
  const told: (StopReason | null)[] = [];
  const lifted: Partial<Readiness>[] = [
    {},
    { isPaused: false },
    { status: 'active' },
    { isUnread: false },
    { unordered: null },
    { isBusy: false },
    { isBankPaused: false },
    { isConverted: false },
    { lacksBank: false },
    { coolsUntil: null },
  ];
  let readiness = everything;
  for (const change of lifted) {
    readiness = { ...readiness, ...change };
    told.push(stopBefore(readiness, { kind: 'reserve' }, now));
  }
  expect(told).toEqual([
    'seller-paused',
    'seller-not-active',
    'unread-account',
    'unordered-money',
    'another-payout',
    'bank-details',
    'bank-details',
    'bank-details',
    'cooling-period',
    null,
  ]);
});

describe('a reservation', () => {
  const funds = {
    requestedAmount: null,
    currency: 'eur',
    atPlatform: 100_00,
    atAccount: 0,
    notYetAvailable: 0,
    holds: [],
  };
  const all = { currency: null, amount: null, expiresAt: later };

  test('looks at what stops it before it looks at funds and holds', () => {
    const stopped = { ...free, isBankPaused: true };
    const held = { ...funds, holds: [all] };
    const decision = { kind: 'wait', reason: 'bank-details', until: null };
    expect(decideReservation(stopped, held, now)).toEqual(decision);
    expect(decideReservation(stopped, { ...funds, atPlatform: 0 }, now)).toEqual(decision);
  });

  test('waits until a moment where that is known', () => {
    const cooling = { kind: 'wait', reason: 'cooling-period', until: later };
    expect(decideReservation({ ...free, coolsUntil: later }, funds, now)).toEqual(cooling);
    const held = { kind: 'wait', reason: 'hold', until: later };
    expect(decideReservation(free, { ...funds, holds: [all] }, now)).toEqual(held);
  });

  test('takes what is payable when nothing stops it', () => {
    const decision = { kind: 'reserve', fromPlatform: 100_00, fromAccount: 0 };
    expect(decideReservation(free, funds, now)).toEqual(decision);
    expect(decideReservation(free, { ...funds, atPlatform: 0 }, now)).toEqual({
      kind: 'skip',
      reason: 'nothing-payable',
    });
  });
});
