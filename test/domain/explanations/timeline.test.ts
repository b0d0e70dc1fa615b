import { describe, expect, test } from 'vitest';
import type { AttemptRecord, PayoutRecord } from '../../../domain/explanations/facts.ts';
import { showPayout } from '../../../domain/explanations/payout-words.ts';
import { timelineOf } from '../../../domain/explanations/timeline.ts';
import { parkNames } from '../../../domain/parking/reasons.ts';
import { now, sentPayout } from '../headlines/facts.ts';

const payout = { ...sentPayout, orderedBy: 'key_1', replaces: null, startedAt: null };
const tell = (of: Partial<PayoutRecord>, attempts: Partial<AttemptRecord>[] = []) => {
  const facts = { entries: [], commands: [], pastWaits: [] };
  const told = { ...facts, attempts: attempts as AttemptRecord[], payout: { ...payout, ...of } };
  return timelineOf(told).map(({ text }) => text);
};
const asked = { key: 'a', number: 1, firstSentAt: now, lastSentAt: now, createdAt: now };

describe('the history of a payout contains sentences, not codes', () => {
  test.each<[why: string, of: Partial<PayoutRecord>, text: string]>([
    ['its start', { startedAt: now }, 'The engine began to work on the payout'],
    [
      'a park',
      { parked: parkNames.outcomeUnknown, parkedAt: now },
      'Stopped until a person decides: it is not known whether Stripe carried out a request',
    ],
    [
      'a skip',
      { overAt: now, status: 'skipped', skipReason: 'on-hold' },
      'Ended without moving money: All of the money was held on the payday; it waits for the next payday',
    ],
    [
      'a failure',
      { overAt: now, status: 'failed', failureCode: 'account_closed' },
      'Ended: not paid, the money is back at the seller’s account at Stripe. The bank account is closed (account_closed)',
    ],
    ['a settled payout', { overAt: now, status: 'settled' }, 'Ended: the bank has kept the money'],
  ])('%s', (_why, of, text) => {
    expect(tell(of)).toEqual([text]);
  });

  test('its requests and their outcomes', () => {
    const refused = { step: 'transfer', state: 'refused', refusal: 'called-off', decidedAt: now };
    const open = { step: 'payout', state: 'unknown', number: 2, decidedAt: null };
    const made = { step: 'cancel', state: 'succeeded', decidedAt: now, stripeId: 'po_1' };
    const all = [refused, open, made].map((one) => ({ ...asked, ...one }) as AttemptRecord);
    expect(tell({}, all)).toEqual([
      'Request 1 for the transfer to the seller’s account was sent to Stripe',
      'The transfer to the seller’s account was not made: it was called off',
      'Request 2 for the payout to the bank was sent to Stripe',
      'It is not known whether Stripe made the payout to the bank',
      'Request 1 for the cancellation was sent to Stripe',
      'Stripe made the cancellation',
    ]);
  });
});

test.each([
  // status     trace
  ['sent', { status: 'pending', id: null }],
  ['paid', { status: 'pending', id: null }],
  ['failed', null],
  ['canceled', null],
  ['returned', null],
] as const)('a %s payout that the banks have not named has the trace %j', (status, trace) => {
  const shown = { ...payout, status, trace: { status: 'pending', id: null } };
  expect(showPayout(shown).trace).toEqual(trace);
  const named = { status: 'supported', id: 'trace_1' };
  expect(showPayout({ ...shown, trace: named }).trace).toEqual(named);
});
