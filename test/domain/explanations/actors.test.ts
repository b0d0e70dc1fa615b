import { expect, test } from 'vitest';
import { causes, unorderedCauses } from '../../../domain/reconciliation/discrepancies.ts';
import {
  payoutParkOf,
  payoutParks,
  sellerParkOf,
  sellerParks,
} from '../../../domain/parking/reasons.ts';
import type { PayoutPark, SellerPark } from '../../../domain/parking/reasons.ts';
import { type WaitReason, waits } from '../../../domain/waits.ts';

const payoutOf = (parkedDetail: string | null) => {
  return { id: 'payout_1', parkedDetail, unknownStep: null, isAtAccount: false } as const;
};

test('Stripe must act only while it does not answer', () => {
  const atStripe = Object.entries(waits).filter(([, { actor }]) => (actor as string) === 'stripe');
  expect(atStripe.map(([reason]) => reason)).toEqual(['stripe-answer']);
});

test('nobody at Stripe must act on a discrepancy', () => {
  const atStripe = Object.entries(causes).filter(([, { owner }]) => (owner as string) === 'stripe');
  expect(atStripe.map(([cause]) => cause)).toEqual([]);
});

test('the cause of a wait for a person who says what money was for names the same actor', () => {
  const owners = unorderedCauses.map((cause) => causes[cause].owner);
  expect([...new Set(owners)]).toEqual([waits['unordered-money'].actor]);
});

test('everything that waits for a person names one who can act', () => {
  const people = ['operator', 'platform', 'seller', 'bank'];
  const actors = [
    ...Object.keys(payoutParks).map((park) => payoutParkOf(park as PayoutPark, payoutOf(null))),
    ...Object.keys(sellerParks).map((park) => sellerParkOf(park as SellerPark, 'sel_1')),
    ...(Object.keys(waits) as WaitReason[]).map((reason) => {
      return payoutParkOf('waits-too-long', payoutOf(reason));
    }),
  ].map(({ actor }) => actor);
  expect(actors.filter((actor) => !people.includes(actor))).toEqual([]);
});

test.each<[WaitReason, string, string]>([
  ['bank-details', 'seller', 'only the seller can enter a bank account'],
  ['platform-balance', 'platform', 'only the platform can add money'],
  ['stripe-limit', 'operator', 'the engine tried for too long, so a person asks Stripe'],
])('a payout that waits too long for %s waits for the %s: %s', (reason, actor) => {
  expect(payoutParkOf('waits-too-long', payoutOf(reason)).actor).toBe(actor);
});
