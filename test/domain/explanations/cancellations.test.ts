import { describe, expect, test } from 'vitest';
import type { PayoutRecord } from '../../../domain/explanations/facts.ts';
import { canceledOf, cancellationOf } from '../../../domain/explanations/payout-words.ts';

const asked = { tries: 2, code: 'status_transition_invalid' };
const ordered = { cancelOrderedAt: '2026-11-23T12:00:00.000Z', cancelOrderedBy: 'key_1' };
const payout = {
  status: 'sent',
  currency: 'eur',
  fromPlatform: 100_00,
  fromAccount: 0,
  transferId: 'tr_1',
  stripePayoutId: 'po_1',
  unknownStep: null,
  parked: null,
  cancelAnswer: null,
  cancelRequest: null,
  ...ordered,
} as unknown as PayoutRecord;
const tell = (of: Partial<PayoutRecord>) => cancellationOf({ ...payout, ...of });

describe('the answer about a cancellation', () => {
  test.each<[why: string, of: Partial<PayoutRecord>, state: string, words: RegExp]>([
    [
      'a request is open, and nobody knows its outcome',
      { status: 'reserved', unknownStep: 'transfer' },
      'outcome-open',
      /Nothing more is sent\. The engine looks for it at Stripe\. .*canceled there$/,
    ],
    [
      'a person must say what became of the request',
      { status: 'transferred', unknownStep: 'payout', parked: 'outcome-unknown' },
      'outcome-open',
      /a person must say .* If it was made, Stripe is asked to cancel the payout$/,
    ],
    ['the engine comes to it next', {}, 'not-asked-yet', /has not asked Stripe to cancel it yet/],
    [
      'Stripe asked for another try',
      { cancelRequest: { tries: 1, code: 'rate_limit' } },
      'asking',
      /asked once .* its last answer was \(rate_limit\)/,
    ],
    [
      'Stripe said no',
      { cancelAnswer: 'refused', cancelRequest: asked },
      'refused',
      /^Stripe was asked, and refused .*\(status_transition_invalid\)\. The payout continues/,
    ],
    [
      'Stripe said no, and the bank has the money',
      { status: 'paid', cancelAnswer: 'refused', cancelRequest: asked },
      'refused',
      /^Stripe was asked, and refused .*The bank has the money$/,
    ],
    [
      'the answer was lost',
      { cancelAnswer: 'unknown', cancelRequest: asked },
      'unknown',
      /its answer was lost\. The engine reads/,
    ],
    [
      'the bank was faster than the engine',
      { status: 'paid' },
      'not-asked',
      /^Stripe was not asked .*The bank has the money$/,
    ],
    [
      'the bank was faster than Stripe',
      { status: 'paid', cancelRequest: { tries: 1, code: null } },
      'unknown',
      /asked to cancel the payout, and its answer was lost\. The bank has the money$/,
    ],
    [
      'Stripe had the payout before this database knew',
      { cancelAnswer: 'not-asked' },
      'not-asked',
      /Stripe was not asked\. The payout continues\. Cancel it again/,
    ],
    ['it was canceled', { status: 'canceled' }, 'canceled', /^The payout was canceled: /],
    [
      'Stripe refused, and somebody canceled it later',
      { status: 'canceled', cancelAnswer: 'refused', cancelRequest: asked },
      'refused',
      /^Stripe was asked, and refused .*The payout is canceled$/,
    ],
  ])('says so if %s', (_why, of, state, words) => {
    expect(tell(of)?.state).toBe(state);
    expect(tell(of)?.explanation).toMatch(words);
    const isAnswered = state === 'refused' || state === 'asking';
    expect(tell(of)?.stripeCode).toBe(isAnswered ? (of.cancelRequest?.code ?? null) : null);
  });

  test('speaks of Stripe’s refusal only if Stripe was asked', () => {
    for (const status of ['reserved', 'sent', 'paid', 'settled', 'failed', 'skipped'] as const) {
      for (const cancelAnswer of [null, 'not-asked'] as const) {
        expect(tell({ status, cancelAnswer })?.explanation).not.toMatch(/refused|was asked/);
      }
    }
  });

  test('is absent if nobody ordered one', () => {
    expect(tell({ cancelOrderedAt: null, cancelOrderedBy: null })).toBeNull();
  });
});

test('a payout that others canceled says so, and that its money is held', () => {
  const stopped = { ...payout, status: 'canceled' as const };
  const nobody = { cancelOrderedAt: null, cancelOrderedBy: null };
  expect(canceledOf({ ...stopped, ...nobody })).toMatch(
    /^not by an order here, but at Stripe: .*on hold/,
  );
  expect(canceledOf({ ...stopped, cancelAnswer: 'refused' })).toMatch(/not by an order here/);
  expect(canceledOf(stopped)).not.toMatch(/hold/);
});
