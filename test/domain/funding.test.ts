import { describe, expect, test } from 'vitest';
import {
  addNeeds,
  addSetAside,
  type CurrencyDue,
  type KnownFunds,
  missingOf,
  needsOf,
  type SellerFunding,
  type SetAside,
} from '../../domain/funding.ts';
import { manualSchedule } from '../../domain/paydays/schedule.ts';
import { emptyFunds } from '../build/seller.ts';

const now = '2026-11-24T12:00:00.000Z';
const friday = '2026-11-27T08:00:00.000Z';
const end = '2026-11-28T00:00:00.000Z';

const has = (change: Partial<KnownFunds> = {}): KnownFunds => ({ ...emptyFunds, ...change });
const schedule = { ...manualSchedule, interval: 'daily' as const };
const seller = (change: Partial<SellerFunding> = {}): SellerFunding => ({
  payee: { status: 'active', isPaused: false, isMoneyStopped: false, schedule },
  orders: [],
  now: { at: now, funds: [] },
  payday: null,
  end: { at: end, funds: [] },
  ...change,
});
const payee = (change: object) => ({ ...seller().payee, ...change });
const funds = [has({ atPlatform: 70_00, atAccount: 30_00 })];
const payday = { at: friday, funds };
const ordered = [{ currency: 'eur', requestedAmount: 40_00 }];
const all = { currency: null, amount: null, expiresAt: null };
const part = { currency: 'eur', amount: 30_00, expiresAt: null };
const thresholds = { ...schedule, thresholds: { eur: 90_00 } };

describe('what is due to a seller', () => {
  test.each<[why: string, seller: Partial<SellerFunding>, needs: object[]]>([
    ['nothing that is neither ordered nor planned', { now: { at: now, funds } }, []],
    [
      'nothing where the platform orders by hand and did not, and how much that is',
      {
        payee: payee({ schedule: manualSchedule }),
        orders: ordered,
        now: { at: now, funds },
      },
      [
        { kind: 'ordered', reason: null, amount: 40_00 },
        { reason: 'not-ordered', amount: 60_00, fromPlatform: 0, fromAccount: 0 },
      ],
    ],
    [
      'at its payday, what is at its account excepted',
      { payday },
      [{ kind: 'payday', fromPlatform: 70_00, fromAccount: 30_00, at: friday }],
    ],
    [
      'what is ordered, from its account first',
      { orders: ordered, now: { at: now, funds } },
      [{ kind: 'ordered', fromPlatform: 10_00, fromAccount: 30_00, amount: 40_00 }],
    ],
    [
      'the rest of it at the payday',
      { orders: ordered, now: { at: now, funds }, payday },
      [{ kind: 'ordered' }, { kind: 'payday', fromPlatform: 60_00, fromAccount: 0 }],
    ],
    [
      'once where all is ordered',
      { orders: [{ currency: 'eur', requestedAmount: null }], now: { at: now, funds }, payday },
      [{ kind: 'ordered', amount: 100_00 }],
    ],
    [
      'what reaches its threshold, and not again at its payday',
      { payee: payee({ schedule: thresholds }), payday, end: { at: end, funds } },
      [{ kind: 'threshold', amount: 100_00, at: null }],
    ],
    [
      'nothing below its threshold',
      {
        payee: payee({ schedule: thresholds }),
        end: { at: end, funds: [has({ atPlatform: 89_99 })] },
      },
      [],
    ],
    [
      'nothing while it is paused, and how much that is',
      { payee: payee({ isPaused: true }), payday, orders: ordered, now: { at: now, funds } },
      [
        { kind: 'ordered', reason: 'seller-paused', fromPlatform: 0, amount: 40_00 },
        { kind: 'payday', reason: 'seller-paused', fromPlatform: 0, amount: 60_00 },
      ],
    ],
    [
      'nothing below its minimum',
      { payee: payee({ schedule: { ...schedule, minimums: { eur: 200_00 } } }), payday },
      [{ reason: 'below-minimum', amount: 100_00, fromPlatform: 0 }],
    ],
    [
      'nothing of what holds cover, and how much that is',
      {
        payee: payee({ schedule: manualSchedule }),
        now: { at: now, funds: [has({ atPlatform: 70_00, holds: [all] })] },
      },
      [{ reason: 'on-hold', amount: 70_00, fromPlatform: 0 }],
    ],
    [
      'nothing of what holds leave, if nobody ordered that either',
      {
        payee: payee({ schedule: manualSchedule }),
        now: { at: now, funds: [has({ atPlatform: 70_00, holds: [part] })] },
      },
      [
        { reason: 'not-ordered', amount: 40_00 },
        { reason: 'on-hold', amount: 30_00 },
      ],
    ],
    [
      'what holds leave at its payday, and not what they cover',
      { payday: { at: friday, funds: [has({ atPlatform: 70_00, holds: [part] })] } },
      [
        { kind: 'payday', reason: null, amount: 40_00, fromPlatform: 40_00 },
        { reason: 'on-hold', amount: 30_00 },
      ],
    ],
    [
      'what holds leave once it reaches its threshold, and not what they cover',
      {
        payee: payee({ schedule: thresholds }),
        end: { at: end, funds: [has({ atPlatform: 130_00, holds: [part] })] },
      },
      [
        { kind: 'threshold', reason: null, amount: 100_00 },
        { reason: 'on-hold', amount: 30_00 },
      ],
    ],
    [
      'nothing of an order for everything that holds cover',
      {
        orders: [{ currency: 'eur', requestedAmount: null }],
        now: { at: now, funds: [has({ atPlatform: 70_00, holds: [all] })] },
      },
      [{ reason: 'on-hold', amount: 70_00 }],
    ],
    [
      'nothing of an order that waits for a hold, and how much that is',
      {
        payee: payee({ schedule: manualSchedule }),
        orders: [{ currency: 'eur', requestedAmount: 60_00 }],
        now: { at: now, funds: [has({ atPlatform: 70_00, holds: [part] })] },
      },
      [
        { kind: 'ordered', reason: 'on-hold', amount: 40_00, fromPlatform: 0, fromAccount: 0 },
        { reason: 'on-hold', amount: 30_00 },
      ],
    ],
    [
      'what an order takes, and nothing of the next order that waits for a hold',
      {
        payee: payee({ schedule: manualSchedule }),
        orders: ordered.map((one) => ({ ...one, requestedAmount: 10_00 })).concat(ordered),
        now: { at: now, funds: [has({ atPlatform: 70_00, holds: [part] })] },
      },
      [
        { kind: 'ordered', reason: null, amount: 10_00, fromPlatform: 10_00 },
        { kind: 'ordered', reason: 'on-hold', amount: 30_00, fromPlatform: 0 },
        { reason: 'on-hold', amount: 30_00 },
      ],
    ],
    [
      'nothing while its account is below zero, and what that keeps',
      {
        payee: payee({ schedule: manualSchedule }),
        now: { at: now, funds: [has({ atPlatform: 70_00, atAccount: -10_00 })] },
      },
      [{ reason: 'account-negative', amount: 70_00 }],
    ],
  ])('is %s', (_why, change, needs) => {
    expect(needsOf(seller(change))).toMatchObject(needs);
    expect(needsOf(seller(change))).toHaveLength(needs.length);
  });
});

test.each<[stop: string, payee: object, funds: Partial<KnownFunds>, reason: string]>([
  ['a pause', { isPaused: true }, {}, 'seller-paused'],
  ['a restricted account', { status: 'restricted' }, {}, 'seller-not-active'],
  ['an account that is not set up', { status: 'onboarding' }, {}, 'seller-not-active'],
  ['a closed bank account', {}, { isBankPaused: true }, 'bank-details'],
  ['no bank account', {}, { lacksBank: true }, 'bank-details'],
  ['a cooling period', {}, { coolsUntil: end }, 'cooling-period'],
  ['money without an order', {}, { unordered: 'disc_1' }, 'unordered-money'],
  ['an account that cannot be read', {}, { isUnread: true }, 'unread-account'],
  ['a parked payout', {}, { isBehindParked: true }, 'another-payout'],
  ['the missing order alone', {}, {}, 'not-ordered'],
])('money that nobody ordered is not due because of %s', (_stop, change, state, reason) => {
  const own = [has({ atPlatform: 70_00, atAccount: 30_00, ...state })];
  const manual = payee({ schedule: manualSchedule, ...change });
  const needs = needsOf(seller({ payee: manual, now: { at: now, funds: own } }));
  expect(needs).toMatchObject([{ reason, amount: 100_00, fromPlatform: 0, fromAccount: 0 }]);
});

test('what is set aside for a paused seller is not due', () => {
  const due = new Map<string, CurrencyDue>();
  addSetAside(due, [setAside({ isSellerPaused: true })]);
  const notDue = { 'seller-paused': { payouts: 1, amount: 10_00 } };
  expect(due.get('eur')).toMatchObject({ fromPlatform: 0, notDue });
});

type Parked = [why: string, SetAside['parked'], mayBeMade: boolean, reason: string | null];
test.each<Parked>([
  ['is not due after a refusal', 'refused-by-stripe', false, 'refused-by-stripe'],
  ['is not due while nothing was sent', 'unexpected-state', false, 'unexpected-state'],
  ['is due while a transfer may have been made', 'unexpected-state', true, null],
  ['is due while the outcome is unknown', 'outcome-unknown', true, null],
  ['is due whenever the outcome is unknown', 'outcome-unknown', false, null],
])('what a parked payout has set aside %s', (_why, parked, mayBeMade, reason) => {
  const due = new Map<string, CurrencyDue>();
  addSetAside(due, [setAside({ parked, mayBeMade })]);
  expect(due.get('eur')).toMatchObject({
    fromPlatform: reason === null ? 10_00 : 0,
    notDue: reason === null ? {} : { [reason]: { payouts: 1, amount: 10_00 } },
  });
});

test('what is due is added up by currency, kind and reason, with the first and last payday', () => {
  const due = new Map<string, CurrencyDue>();
  addSetAside(due, [setAside({ payouts: 2, amount: 5_00 })]);
  const later = { at: '2026-11-27T09:00:00.000Z', funds: [has({ atPlatform: 1_00 })] };
  const dollars = { at: friday, funds: [has({ currency: 'usd', atPlatform: 9_00 })] };
  addNeeds(due, needsOf(seller({ payday })));
  addNeeds(due, needsOf(seller({ payday: later })));
  addNeeds(due, needsOf(seller({ payday: dollars })));
  addNeeds(due, needsOf(seller({ payday, payee: payee({ status: 'restricted' }) })));
  expect(due.get('eur')).toMatchObject({
    fromPlatform: 76_00,
    fromAccounts: 30_00,
    parts: { 'set-aside': { payouts: 2, amount: 5_00 }, payday: { payouts: 2, amount: 101_00 } },
    firstPaydayAt: friday,
    lastPaydayAt: later.at,
    notDue: { 'seller-not-active': { payouts: 1, amount: 100_00 } },
  });
  expect(due.get('usd')).toMatchObject({ fromPlatform: 9_00, notDue: {} });
});

/** Money that nothing keeps from being transferred, unless said otherwise. */
function setAside({ facts, ...change }: Partial<SetAside>): SetAside {
  const ready = { now, bankPaused: false, payoutsAreManual: true };
  const one = {
    currency: 'eur',
    payouts: 1,
    amount: 10_00,
    mayBeMade: false,
    parked: null,
    isSellerPaused: false,
  };
  return { ...one, ...change, facts: { ...ready, ...facts } };
}

test.each<[why: string, of: Partial<SetAside['facts']>, mayBeMade: boolean, reason: string | null]>(
  [
    ['is due', {}, false, null],
    [
      'is due while the account only has to be set to manual',
      { payoutsAreManual: false },
      false,
      null,
    ],
    ['is not due for a closed bank account', { bankPaused: true }, false, 'bank-details'],
    ['is not due without a bank account', { lacksBank: true }, false, 'bank-details'],
    ['is not due in a currency that nothing takes', { isConverted: true }, false, 'bank-details'],
    ['is not due for a restricted account', { lacksCapability: true }, false, 'seller-not-active'],
    ['is not due twice', { unordered: 'disc_1' }, false, 'unordered-money'],
    ['is due where its transfer may have been made', { bankPaused: true }, true, null],
  ],
)('what is set aside %s', (_why, of, mayBeMade, reason) => {
  const due = new Map<string, CurrencyDue>();
  const facts = { now, bankPaused: false, payoutsAreManual: true, ...of };
  addSetAside(due, [setAside({ facts, mayBeMade })]);
  const sum = { payouts: 1, amount: 10_00 };
  const none = { payouts: 0, amount: 0 };
  expect(due.get('eur')).toMatchObject({
    fromPlatform: reason === null ? 10_00 : 0,
    parts: { 'set-aside': reason === null ? sum : none },
    notDue: reason === null ? {} : { [reason]: sum },
  });
});

test.each<[why: string, available: number, pending: number, atLeast: number, atMost: number]>([
  ['nothing, where enough is available', 100, 0, 0, 0],
  ['what is not available', 60, 0, 40, 40],
  ['less, if what is pending arrives', 60, 30, 10, 40],
  ['nothing, if more than enough arrives', 60, 300, 0, 40],
  ['more, where what is pending is taken', 60, -10, 40, 50],
  ['more than is due, where the balance is below zero', -20, 0, 120, 120],
])('missing of 100 is %s', (_why, available, pending, atLeast, atMost) => {
  expect(missingOf(100, { available, pending })).toEqual({ atLeast, atMost });
});
