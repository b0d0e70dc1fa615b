import { describe, expect, test } from 'vitest';
import {
  endsOf,
  mayClose,
  nextSellerStep,
  type OpenThings,
  parksForMoney,
  type Seller,
  sellerStatuses,
  type SellerStep,
  statusOf,
} from '../../domain/sellers.ts';
import type { WakeTopic } from '../../domain/wake-ups.ts';
import { before, later, noon } from '../build/payout.ts';
import { aSeller } from '../build/seller.ts';

const payoutId = 'payout_0123456789abcdefghjk';

const start: SellerStep = { kind: 'start-payout', payoutId };
const wait: SellerStep = { kind: 'wait', until: null };
const read: SellerStep = { kind: 'read-account' };
const none: WakeTopic[] = [];

describe('a seller', () => {
  test.each<[why: string, given: Partial<Seller>, topics: WakeTopic[], step: SellerStep]>([
    ['with nothing to do waits', {}, none, wait],
    ['without an account gets one', { stripeAccount: null }, none, { kind: 'create-account' }],
    [
      'gets an account before a payout starts',
      { stripeAccount: null, startablePayouts: [payoutId] },
      ['payouts'],
      { kind: 'create-account' },
    ],
    ['whose account was never read is read', { accountKnown: false }, none, read],
    ['is read again when the account changed', {}, ['account'], read],
    ['has its books read when money moved there', {}, ['money'], { kind: 'read-movements' }],
    ['is read first, then its books', {}, ['account', 'money'], read],
    [
      'that earns at its account has its books read before it is paid',
      { movementsDue: true, startablePayouts: [payoutId] },
      none,
      { kind: 'read-movements' },
    ],
    ['that earns at its account and is not paid waits', { movementsDue: true }, none, wait],
    ['is not read again for a payout', {}, ['payouts'], wait],
    ['is read again when it is due', { lookAgainAt: noon }, none, read],
    ['that was due is read', { lookAgainAt: before }, none, read],
    ['waits until it is due', { lookAgainAt: later }, none, { kind: 'wait', until: later }],
    ['opens a payday that has come', { paydayAt: noon }, none, { kind: 'open-payday' }],
    ['waits for its payday', { paydayAt: later }, none, { kind: 'wait', until: later }],
    [
      'waits for what comes first',
      { paydayAt: '2026-12-01T09:00:00.000Z', lookAgainAt: later },
      none,
      { kind: 'wait', until: later },
    ],
    [
      'starts what was ordered before it opens a payday',
      { paydayAt: noon, startablePayouts: [payoutId] },
      none,
      start,
    ],
    [
      'that is restricted keeps its payday until it is active again',
      { status: 'restricted', canReceiveTransfers: false, paydayAt: noon },
      none,
      wait,
    ],
    [
      'is set to manual payouts once it can pay out',
      { status: 'onboarding', payoutsAreManual: false },
      none,
      { kind: 'set-manual-payouts' },
    ],
    [
      'is set to manual payouts before anything is paid',
      { payoutsAreManual: false, startablePayouts: [payoutId] },
      none,
      { kind: 'set-manual-payouts' },
    ],
    ['that is active starts its payouts', { startablePayouts: [payoutId] }, none, start],
    [
      'that is restricted starts none',
      { status: 'restricted', canReceiveTransfers: false, startablePayouts: [payoutId] },
      ['payouts'],
      wait,
    ],
    [
      'that is parked does nothing, whoever knocks',
      { parked: 'account-refused', stripeAccount: null, startablePayouts: [payoutId] },
      ['account', 'payouts', 'deadline'],
      wait,
    ],
    [
      'that is closed is over, even parked',
      { status: 'closed', parked: 'account-refused' },
      ['account'],
      { kind: 'over' },
    ],
  ])('%s', (_why, given, topics, step) => {
    expect(nextSellerStep(aSeller(given), new Set(topics))).toEqual(step);
  });

  test('is active only with both capabilities and manual payouts, and never opens again', () => {
    for (const status of sellerStatuses) {
      for (let bits = 0; bits < 8; bits += 1) {
        const canReceiveTransfers = (bits & 1) !== 0;
        const canPayOut = (bits & 2) !== 0;
        const payoutsAreManual = (bits & 4) !== 0;
        const next = statusOf({ status, canReceiveTransfers, canPayOut, payoutsAreManual });
        if (status === 'closed') expect(next).toBe('closed');
        else if (bits === 7) expect(next).toBe('active');
        else expect(next).toBe(status === 'onboarding' ? 'onboarding' : 'restricted');
      }
    }
  });

  const nothing: OpenThings = {
    money: [],
    payouts: [],
    watches: [],
    holds: [],
    keptHolds: [],
    earnings: [],
  };
  test.each<[why: string, open: Partial<OpenThings>, may: boolean]>([
    ['nothing is open', {}, true],
    ['it has money', { money: [{ place: 'account', currency: 'eur', amount: -1 }] }, false],
    ['the bank has not got a payout', { payouts: [payoutId] }, false],
    ['a payout may still come back', { watches: [payoutId] }, false],
    ['it has a hold', { holds: ['hold_0123456789abcdefghjk'] }, false],
  ])('where %s may be closed or not', (_why, open, may) => {
    expect(mayClose({ ...nothing, ...open })).toBe(may);
  });

  test('that cannot be closed is told the requests that end what is open', () => {
    const open: OpenThings = {
      ...nothing,
      money: [{ place: 'platform', currency: 'eur', amount: 5_00 }],
      payouts: ['payout_1'],
      holds: ['hold_1', 'hold_2'],
      keptHolds: [{ id: 'hold_2', keptBy: 'disc_1' }],
      earnings: ['earn_1'],
    };
    expect(endsOf('sel_1', open).map(({ path }) => path)).toEqual([
      '/v1/sellers/sel_1/payouts',
      '/v1/earnings/earn_1/withdraw',
      '/v1/payouts/payout_1/cancel',
      '/v1/holds/hold_1/release',
      '/v1/discrepancies/disc_1/close',
      '/v1/discrepancies/disc_1/close',
    ]);
    expect(endsOf('sel_1', nothing)).toEqual([]);
  });

  test('that is closed and not parked is parked when money comes', () => {
    for (const status of sellerStatuses) {
      const isClosed = status === 'closed';
      for (const money of ['returned-after-close', 'money-after-close'] as const) {
        expect(parksForMoney({ status, parked: null }, money)).toBe(isClosed ? money : null);
        expect(parksForMoney({ status, parked: 'account-refused' }, money)).toBe(null);
      }
    }
  });
});
