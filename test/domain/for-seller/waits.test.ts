import { describe, expect, test } from 'vitest';
import { explainSeller } from '../../../domain/explanations/seller.ts';
import { showPayout, waitingOf } from '../../../domain/explanations/payout-words.ts';
import {
  notPaidForSeller,
  skipsForSeller,
  stoppedForSeller,
  waitsForSeller,
} from '../../../domain/for-seller/waits.ts';
import { minor } from '../../../domain/money.ts';
import { payoutParks, sellerParks } from '../../../domain/parking/reasons.ts';
import { manualSchedule } from '../../../domain/paydays/schedule.ts';
import { refusalForSeller } from '../../../domain/refusals/reasons.ts';
import { waits } from '../../../domain/waits.ts';
import { factsOf, noFunds, now, seller, sentPayout } from '../headlines/facts.ts';

const texts = [...Object.entries(waitsForSeller), ...Object.entries(skipsForSeller)];

describe('what a seller may know', () => {
  test('exists for every wait, and for every reason to need a person', () => {
    const names = Object.keys({ ...waits, ...payoutParks, ...sellerParks });
    expect(names.filter((name) => !(name in waitsForSeller))).toEqual([]);
  });

  test.each(texts)('about %s is a sentence without words of ours: %s', (_name, text) => {
    expect(text).toMatch(/^[A-Z].*\.$/);
    expect(text).not.toMatch(/Stripe|platform|operator|fraud|discrepancy|hold_|\/v1|GET|POST/);
  });

  test('about a refusal says nothing of Stripe’s message', () => {
    const unknown = refusalForSeller({ code: 'odd', message: 'odd words' });
    expect(unknown).toMatch(/^Your payment could not be sent/);
    expect(unknown).not.toMatch(/odd/);
  });

  test('about a hold and a pause never contains the reason, which is for operators', () => {
    const reason = 'fraud wave';
    const hold = { id: 'hold_1', amount: null, currency: null, source: 'risk', reason };
    const pause = { id: 'pause_1', reason, pausedBy: 'key_1', pausedByName: 'risk team' };
    const held = [{ ...hold, placedAt: now, placedBy: 'risk team', expiresAt: null }];
    const stopped = { ...seller, holds: held, pauses: [{ ...pause, pausedAt: now }] };
    const { waits: told } = explainSeller(
      factsOf({ platform: 70_00 }, { seller: stopped as unknown as typeof seller }),
      (at) => at,
    );
    expect(told.filter((one) => one.reason.includes(reason))).toHaveLength(2);
    for (const { forSeller } of told) expect(forSeller).not.toMatch(/fraud|risk|hold_/);
  });

  const stoppedSeller = { ...seller, status: 'restricted' as const };
  const daily = { ...manualSchedule, interval: 'daily' as const };
  const at = '2026-12-22T08:00:00.000Z';

  test.each([
    [
      'no payout is ordered',
      stoppedForSeller.unordered,
      factsOf({ platform: 70_00 }, { seller: stoppedSeller }),
    ],
    [
      'nobody can order a payout yet, because there is no bank account',
      stoppedForSeller.unordered,
      factsOf(
        { platform: 70_00 },
        { seller: { ...stoppedSeller, status: 'onboarding', listsBanks: true } },
      ),
    ],
    [
      'a payday comes',
      stoppedForSeller.payday,
      factsOf(
        { platform: 70_00 },
        {
          seller: { ...stoppedSeller, schedule: daily },
          paydays: [{ at, cutOffAt: at, funds: [{ ...noFunds, atPlatform: minor(70_00) }] }],
        },
      ),
    ],
    [
      'a payday passed',
      stoppedForSeller.paid,
      factsOf(
        { platform: 70_00 },
        {
          seller: { ...stoppedSeller, schedule: daily },
          paydays: [{ at: now, cutOffAt: now, funds: [{ ...noFunds, atPlatform: minor(70_00) }] }],
        },
      ),
    ],
  ])('never says that money is ready while something stops it: %s', (_when, said, facts) => {
    const told = explainSeller(facts, (instant) => instant).waits.map((one) => one.forSeller);
    expect(told).toContain(said);
    expect(told.join(' ')).not.toMatch(/is ready|next payday/);
  });

  test('a payday that has passed is not made up for by time', () => {
    const funds = [{ ...noFunds, atPlatform: minor(70_00) }];
    const facts = { paydays: [{ at: now, cutOffAt: now, funds }] };
    const { waits: told } = explainSeller(
      factsOf({ platform: 70_00 }, { seller: { ...stoppedSeller, schedule: daily }, ...facts }),
      (instant) => instant,
    );
    const liftedBy = 'The end of what stops the payment';
    expect(told.find((one) => one.for === 'payday')).toMatchObject({ liftedBy });
  });

  test('says of a late payout that it takes longer than usual', () => {
    const late = { ...sentPayout, sentAt: '2026-12-10T09:00:00.000Z' };
    const { waits: told } = explainSeller(
      factsOf({ 'in-transit': 100_00 }, { openPayouts: [late] }),
      (instant) => instant,
    );
    expect(told).toMatchObject([{ for: 'bank', forSeller: waitsForSeller.late }]);
    expect(showPayout(late).waiting).toMatchObject({ forSeller: waitsForSeller.late });
  });

  test('says in the present tense that a payday has nothing to pay', () => {
    expect(notPaidForSeller('nothing-payable')).toBe('As of now, there is nothing to pay.');
  });

  test('is beside what operators may know, in each wait of a payout', () => {
    expect(waitingOf(sentPayout)).toMatchObject({ forSeller: waitsForSeller.bank });
  });
});
