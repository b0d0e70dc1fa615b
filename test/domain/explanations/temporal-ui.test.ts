import { describe, expect, test } from 'vitest';
import {
  commandsFor,
  describePayout,
  summaryOfPayoutWait,
} from '../../../domain/explanations/temporal-ui/payouts.ts';
import {
  commandsForSeller,
  describeSeller,
  summaryOfSellerWait,
} from '../../../domain/explanations/temporal-ui/sellers.ts';
import { troubleOf } from '../../../domain/explanations/temporal-ui/trouble.ts';
import {
  notCreated,
  overduePayout,
  overdueSeller,
  type ParkReason,
  payoutParkOf,
  payoutParks,
  rejection,
  sellerParkOf,
  type SellerParkReason,
  sellerParks,
  tooLong,
  unreadable,
} from '../../../domain/parking/reasons.ts';
import { nextStep } from '../../../domain/payouts/states.ts';
import { aPayout, later, noon } from '../../build/payout.ts';
import { aSeller } from '../../build/seller.ts';

const notParked = [
  'late',
  tooLong,
  overduePayout,
  rejection,
  unreadable,
  notCreated,
  overdueSeller,
];
const parkReasons = Object.keys(payoutParks).filter(
  (reason) => !notParked.includes(reason),
) as ParkReason[];
const sellerParkReasons = Object.keys(sellerParks).filter(
  (reason) => !notParked.includes(reason),
) as SellerParkReason[];

describe('the details of a payout', () => {
  test('say what it does, how much it carries and until when it waits', () => {
    const payout = aPayout({
      status: 'reserved',
      fromPlatform: 70_00,
      fromAccount: 30_00,
      stripeAccount: 'acct_1',
      waitingFor: 'platform-balance',
      lookAgainAt: later,
    });
    const details = describePayout(payout, nextStep(payout, false));
    expect(details).toContain(
      `**reserved**: waits for money in the platform’s balance; checks again at`,
    );
    expect(details).toContain('100.00 EUR');
    expect(details).toContain('acct_1');
    expect(details).not.toContain('Needs a person');
  });

  test('of a payout that stopped say what was found that is not it', () => {
    const parkedDetail = 'tr_1: it was reversed';
    const payout = aPayout({ status: 'reserved', parked: 'outcome-unknown', parkedDetail });
    expect(describePayout(payout, nextStep(payout, false))).toContain(parkedDetail);
  });

  test.each(parkReasons)(
    'of a payout parked for %s name every call that the API offers',
    (parked) => {
      const payout = aPayout({ status: 'reserved', parked });
      const is = { unknownStep: null, isAtAccount: false };
      const of = { id: payout.payoutId, parkedDetail: null, ...is };
      const offered = payoutParkOf(parked, of).commands;
      expect(offered.length).toBeGreaterThan(0);
      const calls = offered.map(({ method, path }) => `${method} ${path}`);
      expect(commandsFor(payout)).toEqual(offered);
      const details = describePayout(payout, nextStep(payout, false));
      for (const call of calls) expect(details).toContain(`- \`${call}\``);
    },
  );

  test.each([
    ['money-stopped', {}, ['operations/resume-money']],
    ['bank-details', {}, ['sellers/sel_0123456789abcdefghjk/onboarding-link']],
    [
      'bank-details',
      { bankPaused: true, paysTo: 'ba_1' },
      [
        'sellers/sel_0123456789abcdefghjk/onboarding-link',
        'sellers/sel_0123456789abcdefghjk/bank-accounts/ba_1/resume',
      ],
    ],
    [
      'cooling-period',
      { paysTo: 'ba_1' },
      ['sellers/sel_0123456789abcdefghjk/bank-accounts/ba_1/waive-cooling'],
    ],
    ['arrival', {}, []],
  ] as const)('of a payout that waits for %s, %j, name the calls %j', (waitingFor, of, paths) => {
    const payout = aPayout({ status: 'reserved', waitingFor, lookAgainAt: later, ...of });
    const details = describePayout(payout, nextStep(payout, false));
    const named = [...details.matchAll(/`POST \/v1\/([^`]*)`/g)].map(([, path]) => path);
    expect(named).toEqual(paths);
  });

  test('say what Stripe said last', () => {
    const payout = aPayout({ waitingFor: 'platform-balance', lastError: 'balance_insufficient' });
    const details = describePayout(payout, nextStep(payout, false));
    expect(details).toContain('- last error: Stripe: balance_insufficient');
  });
});

test.each(sellerParkReasons)(
  'the details of a seller parked for %s name every call that the API offers',
  (parked) => {
    const seller = aSeller({ parked, lastError: 'country_unsupported' });
    const offered = sellerParkOf(parked, seller.sellerId).commands;
    expect(offered.length).toBeGreaterThan(0);
    const calls = offered.map(({ method, path }) => `${method} ${path}`);
    expect(commandsForSeller(seller)).toEqual(offered);
    const details = describeSeller(seller);
    for (const call of calls) expect(details).toContain(`- \`${call}\``);
    expect(details).toContain('- last error: Stripe: country_unsupported');
  },
);

/** A list in Markdown begins after an empty line, or it runs on in the paragraph before it. */
const runsOn = /(^|\n)(?!- )[^\n]+\n- /;

test('what the Temporal UI shows is a list, not one paragraph', () => {
  const parked = aPayout({ status: 'reserved', parked: 'outcome-unknown' });
  const waiting = aPayout({ status: 'reserved', waitingFor: 'bank', lookAgainAt: later });
  const stopped = aSeller({ parked: 'account-refused', payoutsUnderWay: [parked.payoutId] });
  for (const details of [
    describePayout(parked, nextStep(parked, false)),
    describePayout(waiting, nextStep(waiting, false)),
    describeSeller(stopped),
  ]) {
    expect(details).not.toMatch(runsOn);
    expect(details).toMatch(/\n\n- /);
  }
});

test('the details of a seller name its payouts under way, as it last saw them', () => {
  const { payoutId } = aPayout({});
  expect(describeSeller(aSeller({ payoutsUnderWay: [payoutId] }))).toContain(`\`${payoutId}\``);
  expect(describeSeller(aSeller())).not.toContain('under way');
});

test.each([
  ['late-return', later, /^Waits for the end of the watch for a late return, until .* UTC$/],
  ['bank', later, /^Waits for the bank to receive the money; checks again at .* UTC$/],
  ['outcome-unknown', null, /^Waits for a person who knows the outcome at Stripe$/],
] as const)('the timer of a payout that waits for %s says so in words', (reason, until, words) => {
  expect(summaryOfPayoutWait({ kind: 'wait', for: reason, until })).toMatch(words);
});

test.each([
  [{ paydayAt: later, lookAgainAt: null }, 'Opens the payday of'],
  [{ paydayAt: noon, lookAgainAt: later }, 'Reads the account again at'],
  [{ paydayAt: null, lookAgainAt: null }, 'A hold ends at'],
])('the timer of a seller says what happens then: %j', (row, words) => {
  expect(summaryOfSellerWait(row, later)).toContain(words);
});

describe('the details at the end of a payout', () => {
  test.each([
    [
      { status: 'failed', failureCode: 'account_closed', stripePayoutId: 'po_1' },
      [/\*\*The end: failed\*\*/, /not paid/, /account is closed/, /the seller/, /onboarding-link/],
    ],
    [
      { status: 'returned', failureCode: 'no_account', stripePayoutId: 'po_1' },
      [/\*\*The end: returned\*\*/, /returned from the bank/, /`no_account`/],
    ],
    [
      { status: 'canceled', canceledBy: 'support' },
      [/Canceled by `support`/, /payable at the platform/],
    ],
    [{ status: 'canceled', stripePayoutId: 'po_1', canceledBy: null }, [/by others at Stripe/]],
    [{ status: 'skipped', skipReason: 'below-minimum' }, [/Less was payable/]],
    [{ status: 'settled' }, [/at the bank/, /Must act: nobody/]],
  ] as const)('%j say how it ended, why, and who must act', (ended, words) => {
    const details = describePayout(aPayout({ fromPlatform: 5_00, ...ended }), { kind: 'over' });
    for (const said of words) expect(details).toMatch(said);
    expect(details).not.toMatch(/follow|checks again/);
  });
});

test('the details of a payout name who must act, and each request with its body', () => {
  const payout = aPayout({ status: 'reserved', parked: 'outcome-unknown', unknownStep: 'payout' });
  const details = describePayout(payout, nextStep(payout, false));
  expect(details).toContain('Must act: an operator');
  expect(details).toContain('/confirm-sent` `{"stripeId":"po_..."}`');
});

test('trouble is what not every payout waits for', () => {
  expect(troubleOf(aPayout({ status: 'sent', waitingFor: 'bank' }))).toBeNull();
  expect(troubleOf(aPayout({ waitingFor: 'platform-balance' }))).toBe('platform-balance');
  expect(troubleOf(aPayout({ parked: 'refused-by-stripe' }))).toBe('refused-by-stripe');
  expect(troubleOf(aPayout({ status: 'failed' }))).toBeNull();
});

test('a late payout needs an operator, who asks Stripe for its trace', () => {
  const dates = { ordered: noon, reserved: noon, sent: '2026-11-01T12:00:00Z', paid: null };
  const rest = { bankExpected: null, over: null, parked: null };
  const sent = { status: 'sent', waitingFor: 'bank', lookAgainAt: later } as const;
  const payout = aPayout({ ...sent, dates: { ...dates, ...rest } });
  expect(describePayout(payout, nextStep(payout, false))).toMatch(/Late.*trace.*an operator/s);
  expect(troubleOf(payout)).toBe('late');
});
