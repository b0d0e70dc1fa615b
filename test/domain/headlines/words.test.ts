import { describe, expect, test } from 'vitest';
import { sayInstant } from '../../../activities/paydays/clocks.ts';
import type { PayoutRecord, SellerFacts } from '../../../domain/explanations/facts.ts';
import { nextOf } from '../../../domain/explanations/next-steps.ts';
import { waitingOf } from '../../../domain/explanations/payout-words.ts';
import { summaryOf } from '../../../domain/explanations/payout.ts';
import { explainSeller } from '../../../domain/explanations/seller.ts';
import { manualSchedule } from '../../../domain/paydays/schedule.ts';
import { lateDays } from '../../../domain/payouts/late.ts';
import { factsOf, noFunds, now, seller, sentPayout } from './facts.ts';

const explain = (facts: SellerFacts) =>
  explainSeller(facts, (at, zone, as) => (as === 'day' ? sayInstant(at, zone, as) : at));
const headlineOf = (facts: SellerFacts) => explain(facts).summary.split('. ')[0];
const inFlight = (more: Partial<PayoutRecord>) =>
  factsOf(
    { 'platform-reserved': 100_00 },
    { openPayouts: [{ ...sentPayout, status: 'reserved', waitingFor: null, ...more }] },
  );
const active = 'The seller is active: ';

describe('a headline says of money only what its facts prove', () => {
  test.each<[why: string, facts: SellerFacts, headline: string]>([
    [
      'a payout waits for the platform’s balance',
      inFlight({ waitingFor: 'platform-balance' }),
      `${active}100.00 EUR in a payout that waits for the platform’s balance`,
    ],
    [
      'Stripe refused the payout',
      inFlight({ parked: 'refused-by-stripe', parkedAt: now }),
      `${active}100.00 EUR in a payout that Stripe refused`,
    ],
    [
      'the outcome is unknown',
      inFlight({ parked: 'outcome-unknown', parkedAt: now }),
      `${active}100.00 EUR in a payout that may or may not have been sent`,
    ],
    [
      'the payout waits for nothing',
      inFlight({}),
      `${active}100.00 EUR in a payout that is being sent`,
    ],
    [
      'Stripe accepted the payout',
      factsOf({ 'in-transit': 100_00 }, { openPayouts: [sentPayout] }),
      `${active}100.00 EUR accepted by Stripe, not at the bank yet`,
    ],
    ['nothing stops the money', factsOf({ platform: 70_00 }), `${active}70.00 EUR payable now`],
    [
      'the seller is restricted',
      factsOf({ platform: 70_00 }, { seller: { ...seller, status: 'restricted' } }),
      'The seller is restricted: 70.00 EUR that cannot be paid now',
    ],
    [
      'the bank account is paused',
      factsOf({ platform: 70_00 }, { fund: { isBankPaused: true } }),
      `${active}70.00 EUR that cannot be paid now`,
    ],
    [
      'another payout goes first',
      factsOf({ platform: 70_00 }, { fund: { isBusy: true } }),
      `${active}70.00 EUR behind another payout`,
    ],
    [
      'a payout is ordered and has not started',
      factsOf({ platform: 70_00 }, { fund: { orders: [{ requestedAmount: 50_00 }] } }),
      `${active}20.00 EUR payable now, 50.00 EUR ordered, in payouts that have not started`,
    ],
    [
      'the rest is less than Stripe can move',
      factsOf({ account: 45 }, { fund: { currency: 'huf' } }),
      `${active}0.45 HUF too small to pay out`,
    ],
  ])('%s', (_why, facts, headline) => {
    expect(headlineOf(facts)).toBe(headline);
  });

  test('a closed seller is closed, since then, until somebody reopens it', () => {
    const closed = { since: '2026-12-01T09:00:00.000Z', by: 'key_1', reason: 'left' };
    const { summary, waits } = explain(
      factsOf({}, { seller: { ...seller, status: 'closed', closed }, balances: [] }),
    );
    expect(summary).toBe('The seller is closed');
    const commands = [{ method: 'POST', path: '/v1/sellers/sel_1/reopen' }];
    expect(waits).toMatchObject([{ for: 'closed', since: closed.since, commands }]);
  });

  test('a rest that is too small to pay out is the reason why nothing is paid', () => {
    const own = { fund: { currency: 'huf' }, seller: { ...seller, currency: 'huf' } };
    const { waits } = explain(factsOf({ account: 45 }, own));
    expect(waits).toMatchObject([{ for: 'too-small', reason: /^0\.45 HUF is too small/ }]);
  });
});

describe('money below the minimum', () => {
  const schedule = { ...manualSchedule, interval: 'daily' as const, minimums: { eur: 50_00 } };
  const [at, later] = ['2026-12-22T08:00:00.000Z', '2026-12-29T08:00:00.000Z'];
  const upcoming = (amount: number): SellerFacts['upcoming'] => [
    {
      at: '2026-12-28T00:00:00.000Z',
      currency: 'eur',
      amount,
      paydayAt: later,
      asksPerson: false,
      since: now,
    },
  ];
  const of = (amount: number) => {
    const fund = { atPlatform: 5_00 + amount, notYetAvailable: amount };
    return explain(
      factsOf(
        { platform: 5_00 + amount },
        {
          fund,
          seller: { ...seller, schedule },
          paydays: [{ at, cutOffAt: at, funds: [{ ...noFunds, ...fund }] }],
          upcoming: upcoming(amount),
        },
      ),
    );
  };

  test('says which payday pays it together with the money that is only settling', () => {
    const { waits, payday } = of(500_00);
    const first = waits.find((one) => one.for === 'below-minimum');
    expect(first?.reason).toBe(
      `5.00 EUR is payable, which is less than the minimum of 50.00 EUR: the payday of ${at} does not pay it. 500.00 EUR becomes payable before the payday of ${later}, which would pay 505.00 EUR`,
    );
    expect(payday?.money[0]?.explanation).toMatch(/schedule’s minimum of 50\.00 EUR/);
    expect(waits.at(-1)?.reason).toMatch(/It becomes payable on 28 Dec 2026$/);
  });

  test('says how much is missing if no coming money reaches the minimum', () => {
    const first = of(20_00).waits.find((one) => one.for === 'below-minimum');
    expect(first?.reason).toMatch(/25\.00 EUR more must be earned$/);
  });
});

test.each([
  // zone              day             why
  ['UTC', '25 Dec 2026', 'UTC has the day of the instant'],
  ['Asia/Tokyo', '26 Dec 2026', 'the next day has begun in Tokyo'],
])('money becomes payable on a day of the schedule’s zone (%s: %s, %s)', (timeZone, day) => {
  const schedule = { ...manualSchedule, timeZone };
  const fund = { atPlatform: 5_00, notYetAvailable: 5_00 };
  const at = '2026-12-25T20:00:00.000Z';
  const one = { at, currency: 'eur', amount: 5_00, paydayAt: null, asksPerson: false, since: now };
  const facts = { fund, seller: { ...seller, schedule }, upcoming: [one] };
  const { waits } = explain(factsOf({ platform: 5_00 }, facts));
  expect(waits.at(-1)?.reason.endsWith(`It becomes payable on ${day}`)).toBe(true);
});

test('a wait for manual payouts during onboarding has no begin that moves with each read', () => {
  const onboarding = { ...seller, status: 'onboarding' as const };
  const wait = explain(factsOf({}, { seller: onboarding })).waits[0];
  expect(wait).toMatchObject({ for: 'manual-payouts', since: null });
});

test('a late payout says when Stripe was last read, and the status there', () => {
  const lastRead = { at: '2026-12-21T08:00:00.000Z', status: 'in_transit' };
  expect(summaryOf({ ...sentPayout, lastRead }, [], true)).toMatch(
    /The payout is late: ask Stripe for its trace\. Stripe was last read on Mon, 21 Dec 2026, 08:00 UTC, and the payout had the status in_transit there$/,
  );
  const said = summaryOf({ ...sentPayout, lastRead: null }, [], true);
  expect(said).toMatch(/It has not been read from Stripe since it was sent$/);
});

describe('a day that has passed', () => {
  const due = { ...sentPayout, bankExpectedOn: '2026-12-20' };

  test('is never promised: the payout is overdue, by how much, and who looks', () => {
    const reason = waitingOf(due)?.reason;
    expect(reason).toMatch(/1 day overdue: Stripe’s estimate was 20 Dec 2026\. The engine reads/);
    expect(reason).toMatch(/attention list shows every payout that .* a week after it was sent$/);
    expect(lateDays).toBe(7);
    const paid = nextOf(due, now).find(({ what }) => what === 'paid');
    expect(paid).toMatchObject({ at: null, text: expect.stringMatching(/is 1 day overdue$/) });
  });

  test('is still promised on that day', () => {
    const today = { ...due, bankExpectedOn: '2026-12-21' };
    expect(waitingOf(today)?.reason).toMatch(/Stripe’s estimate is 21 Dec 2026$/);
  });

  test.each<[wait: PayoutRecord['waitingFor'], of: Partial<PayoutRecord>]>([
    ['arrival', { status: 'transferred', arrivesAt: '2026-12-19T08:00:00.000Z' }],
    ['stripe-limit', { status: 'transferred' }],
    ['late-return', { status: 'paid', watchUntil: '2026-12-19T08:00:00.000Z' }],
  ])('is no date of the wait %s or of its next step', (waitingFor, of) => {
    const late = { ...due, ...of, waitingFor, lookAgainAt: '2026-12-19T08:00:00.000Z' };
    expect(waitingOf(late)?.reason).not.toContain('2026');
    for (const step of nextOf(late, now)) expect(step.at ?? '~' > now).toBeTruthy();
    expect(nextOf(late, now)[0]?.text).toMatch(/due since Sat, 19 Dec 2026, 08:00 UTC$/);
  });
});

test('Stripe is not said to have sent what it keeps while payouts of the account are paused', () => {
  const kept = {
    ...sentPayout,
    bankExpectedOn: '2026-12-23',
    isPausedAtStripe: true,
  };
  expect(waitingOf(kept)?.reason).toMatch(
    /^Stripe has accepted the payout, but payouts of the account are not active at Stripe\. Stripe may keep the money/,
  );
  const paid = nextOf(kept, now).find(({ what }) => what === 'paid');
  expect(paid).toMatchObject({ at: null, text: expect.stringMatching(/active at Stripe again$/) });
});
