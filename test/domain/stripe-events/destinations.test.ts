import { describe, expect, test } from 'vitest';
import {
  type KnownDestination,
  planDestinations,
  wantedDestinations,
} from '../../../domain/stripe-events/destinations.ts';

const version = '2026-10-28.endive';
const url = 'https://pay.example.com/webhooks/stripe';
const wanted = wantedDestinations(version);

/** What Stripe has once all that is wanted was made. */
const made: KnownDestination[] = wanted.map((one, index) => ({
  ...one,
  id: `ed_${index}`,
  url,
  isEnabled: true,
}));

/** The plan when the first destination is so, the others as they should be. */
function planWith(change: Partial<KnownDestination>) {
  const [first, ...others] = made;
  if (!first) throw new Error('nothing is wanted');
  const { plans, leftover } = planDestinations(wanted, [{ ...first, ...change }, ...others], url);
  const [plan, ...rest] = plans;
  expect(rest.map(({ kind }) => kind)).toEqual(['keep', 'keep']);
  return { plan, leftover: leftover.map(({ id }) => id) };
}

describe('the destinations', () => {
  test('are made where there are none', () => {
    const { plans, leftover } = planDestinations(wanted, [], url);
    expect(plans.map(({ kind }) => kind)).toEqual(['make', 'make', 'make']);
    expect(leftover).toEqual([]);
  });

  test('are kept where all is as wanted, in whatever order Stripe tells it', () => {
    const known = made.map((one) => ({
      ...one,
      types: one.types.toReversed(),
      from: one.from.toReversed(),
    }));
    const { plans, leftover } = planDestinations(wanted, known.toReversed(), url);
    expect(plans.map(({ kind }) => kind)).toEqual(['keep', 'keep', 'keep']);
    expect(leftover).toEqual([]);
  });

  test.each<[what: string, change: Partial<KnownDestination>, types: boolean, enable: boolean]>([
    ['that was disabled is enabled', { isEnabled: false }, false, true],
    ['with a type too few gets it', { types: [] }, true, false],
    ['with a type too many loses it', { types: ['*', 'balance.available'] }, true, false],
    ['with both is put right in both', { types: ['*'], isEnabled: false }, true, true],
  ])('one %s', (_, change, types, enable) => {
    const { plan, leftover } = planWith(change);
    expect(plan).toMatchObject({ kind: 'correct', id: 'ed_0', types, enable });
    expect(leftover).toEqual([]);
  });

  test.each<[what: string, change: Partial<KnownDestination>]>([
    ['of another API version', { version: '2025-09-30.clover' }],
    ['of other accounts', { from: ['@accounts'] }],
    ['of thin events', { payload: 'thin', version: null }],
  ])('one %s is left over beside a new one: Stripe cannot change that', (_, change) => {
    const { plan, leftover } = planWith(change);
    expect(plan?.kind).toBe('make');
    expect(leftover).toEqual(['ed_0']);
  });

  test.each<[what: string, change: Partial<KnownDestination>]>([
    ['for another address', { url: 'https://staging.example.com/webhooks/stripe' }],
    ['of anybody else', { role: null }],
    ['of another kind of ours', { role: 'nothing-we-know' }],
  ])('one %s is none of ours', (_, change) => {
    const { plan, leftover } = planWith(change);
    expect(plan?.kind).toBe('make');
    expect(leftover).toEqual([]);
  });

  test('made twice is kept once', () => {
    const twice = made.map((one) => ({ ...one, id: `${one.id}_again` }));
    const { plans, leftover } = planDestinations(wanted, [...made, ...twice], url);
    expect(plans).toMatchObject([{ id: 'ed_0' }, { id: 'ed_1' }, { id: 'ed_2' }]);
    expect(leftover.map(({ id }) => id)).toEqual(['ed_0_again', 'ed_1_again', 'ed_2_again']);
  });
});
