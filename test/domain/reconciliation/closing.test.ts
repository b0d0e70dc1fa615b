import { describe, expect, test } from 'vitest';
import { type OwedFacts, planClosing } from '../../../domain/reconciliation/closing.ts';
import {
  asksOutcome,
  causeNames,
  type DiscrepancyRecord,
  type Outcome,
  stopsPayout,
  unorderedCauses,
} from '../../../domain/reconciliation/discrepancies.ts';
import { sayClosingRefusal } from '../../../domain/reconciliation/words.ts';
import { aDiscrepancy } from './discrepancy.ts';

const transfer = aDiscrepancy();
const payout = { cause: 'payout-not-ordered', atStripe: -100_00 } as const;
const none: OwedFacts = {
  inFlight: null,
  atPlatform: 100_00,
  unpaid: 100_00,
  isToAdopt: false,
};
const refuse = (why: string) => ({ kind: 'refuse', why });
const at = '2026-11-27T09:00:00.000Z';

describe('a discrepancy is closed', () => {
  test.each<
    [
      plan: object,
      of: Partial<DiscrepancyRecord>,
      outcome: Outcome | null,
      facts: Partial<OwedFacts>,
      why: string,
    ]
  >([
    [refuse('outcome-needed'), {}, null, {}, 'nobody said what the money was for'],
    [{ kind: 'count-transfer', amount: 100_00 }, {}, 'owed', {}, 'the platform owes it no longer'],
    [{ kind: 'count-payout', amount: 100_00 }, payout, 'owed', {}, 'it left the account'],
    [{ kind: 'close' }, {}, 'not-owed', { inFlight: 'payout_1' }, 'it is a gift'],
    [refuse('more-than-owed'), {}, 'owed', { atPlatform: 99_99 }, 'a part was not for it'],
    [{ kind: 'count-payout', amount: 100_00 }, payout, 'owed', { atPlatform: 0 }, 'not from there'],
    [refuse('payout-in-flight'), {}, 'owed', { inFlight: 'payout_1' }, 'it may have the money'],
    [refuse('payout-in-flight'), payout, 'owed', { inFlight: 'payout_1' }, 'it may have the money'],
    [refuse('adopt-first'), { cause: 'payout-unknown' }, 'owed', { isToAdopt: true }, 'it is ours'],
    [refuse('adopt-first'), { cause: 'payout-unknown' }, 'not-owed', { isToAdopt: true }, 'ours'],
    [refuse('came-back'), { atStripe: 0 }, 'owed', {}, 'it paid nothing'],
    [{ kind: 'close' }, { atStripe: 0 }, 'not-owed', {}, 'it paid nothing'],
    [refuse('nothing-owed'), payout, 'owed', { unpaid: 0 }, 'it was other money'],
    [{ kind: 'count-payout', amount: 100_00 }, payout, 'owed', { unpaid: 1 }, 'and other money'],
    [refuse('no-seller'), { sellerId: null }, 'owed', {}, 'of the platform’s own balance'],
    [refuse('no-outcome'), { cause: 'amount-differs' }, 'owed', {}, 'it moved no money'],
    [{ kind: 'close' }, { cause: 'amount-differs' }, null, {}, 'it asks nothing'],
    [{ kind: 'close' }, { cause: 'payout-unknown', agreesSince: at }, null, {}, 'it was adopted'],
  ])('as %j for %j and %s with %j: %s', (plan, of, outcome, facts) => {
    const discrepancy = { ...transfer, ...of };
    const decided = planClosing(discrepancy, outcome, discrepancy.atStripe, { ...none, ...facts });
    expect(decided).toEqual(plan);
  });

  test.each([
    'outcome-needed',
    'no-outcome',
    'no-seller',
    'adopt-first',
    'payout-in-flight',
    'came-back',
    'nothing-owed',
    'more-than-owed',
  ] as const)('or the refusal %s says what to do', (why) => {
    const around = { inFlight: 'payout_1', atPlatform: 50_00, currency: 'eur' } as const;
    expect(sayClosingRefusal(why, around)).toMatch(/outcome|not-owed|adopt|cancel/);
  });
});

describe('a person must say what money was for', () => {
  test('if it went to the seller or its bank without an order', () => {
    expect(unorderedCauses).toEqual([
      'transfer-not-ordered',
      'payout-not-ordered',
      'payout-unexpected',
      'payout-unknown',
    ]);
    const asking = causeNames.filter((cause) => asksOutcome({ ...transfer, cause }));
    expect(asking).toEqual(unorderedCauses);
  });

  test.each<
    [stops: boolean, of: Partial<DiscrepancyRecord>, reservedAt: string | null, why: string]
  >([
    [true, {}, null, 'it came from elsewhere, and no place in the ledger pays for it'],
    [true, { cause: 'payout-unknown' }, null, 'no entry records it yet'],
    [false, payout, null, 'the ledger has subtracted it'],
    [false, payout, at, 'the ledger had subtracted it before'],
    [true, { ...payout, openedAt: at }, transfer.openedAt, 'it may be the reserved money'],
    [true, payout, transfer.openedAt, 'nobody knows which was first'],
    [false, { agreesSince: at }, null, 'the ledger explains it now'],
    [false, { cause: 'payout-reversed' }, null, 'the money is back, and held'],
    [false, { cause: 'reversal-not-ordered' }, at, 'the money is back, and held'],
    [false, { cause: 'transfer-unexpected' }, at, 'the ledger counts it as owed already'],
  ])('which stops (%s) for %j a payout reserved at %s: %s', (stops, of, reservedAt) => {
    expect(stopsPayout({ ...transfer, ...of }, reservedAt)).toBe(stops);
  });

  test.each([{ closedAt: at }, { agreesSince: at }])('but not with %j', (change) => {
    expect(asksOutcome({ ...transfer, ...change })).toBe(false);
  });
});
