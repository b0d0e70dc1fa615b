import { describe, expect, test } from 'vitest';
import type { StepAttempt } from '../../../domain/payouts/cancellation.ts';
import {
  type ElsewherePlan,
  type PaidBy,
  paidElsewhere,
  planElsewhere,
  returnedElsewhere,
  whyNotReturned,
} from '../../../domain/payouts/elsewhere.ts';
import type { OwedFacts } from '../../../domain/reconciliation/closing.ts';
import { type Payout, payoutStatuses } from '../../../domain/payouts/states.ts';
import { aPayout } from '../../build/payout.ts';

const [tr, po] = [
  { stripeId: 'tr_1', net: 60_00 },
  { stripeId: 'po_1', net: -100_00 },
];
const both = { moved: [tr, po] };
const owed: OwedFacts = { inFlight: null, atPlatform: 80_00, unpaid: 120_00, isToAdopt: false };
const inFlight = { ...owed, inFlight: aPayout({}).payoutId };
const proof = { proof: 'SEPA 4711' };
const requested = { status: 'requested', requestedAmount: 100_00 } as const;
const reserved = { status: 'reserved', fromPlatform: 60_00, fromAccount: 40_00 } as const;
const transferred = { ...reserved, status: 'transferred' } as const;
const end = { kind: 'end', fromPlatform: 60_00, fromAccount: 40_00 };
const refuse = (why: string) => ({ kind: 'refuse', why });

describe('a payout that somebody else paid', () => {
  test.each<[why: string, of: Partial<Payout>, by: PaidBy, plan: object]>([
    ['exactly its transfer and its payout were made', reserved, both, end],
    ['its money is at the account already', transferred, { moved: [po] }, end],
    ['it has reserved nothing, and takes the amounts of Stripe', requested, both, end],
    ['an order for everything', { ...requested, requestedAmount: null }, both, end],
    ['the transfer is missing', reserved, { moved: [po] }, refuse('differs')],
    ['the payout is missing', reserved, { moved: [tr] }, refuse('differs')],
    ['a transfer too many', transferred, both, refuse('differs')],
    ['two payouts', reserved, { moved: [tr, po, { ...po, stripeId: 'po_2' }] }, refuse('differs')],
    ['another amount', reserved, { moved: [tr, { ...po, net: -99_99 }] }, refuse('differs')],
    [
      'more than is owed',
      requested,
      { moved: [{ ...tr, net: 90_00 }, po] },
      refuse('more-than-owed'),
    ],
    [
      'more came than left',
      { ...requested, requestedAmount: null },
      { moved: [tr, { ...po, net: -50_00 }] },
      refuse('differs'),
    ],
    ['outside Stripe', { ...requested, requestedAmount: 70_00 }, proof, { fromPlatform: 70_00 }],
    ['outside Stripe, reserved', { ...reserved, fromAccount: 0 }, proof, { fromPlatform: 60_00 }],
    ['a part is at the account', reserved, proof, refuse('at-account')],
    ['all of it is at the account', transferred, proof, refuse('at-account')],
    ['nobody said how much', { status: 'requested' }, proof, refuse('needs-amount')],
    ['more than is owed', requested, proof, refuse('more-than-owed')],
  ])('%s', (_why, of, by, plan) => {
    const facts = of.status === 'requested' ? owed : { ...inFlight, atPlatform: 0, unpaid: 0 };
    expect(planElsewhere(aPayout(of), undefined, by, facts)).toMatchObject(plan);
  });

  test.each<[why: string, of: Partial<Payout>, by: PaidBy, facts: Partial<OwedFacts>]>([
    ['adopt-first', requested, both, { isToAdopt: true }],
    ['adopt-first', reserved, both, { ...inFlight, isToAdopt: true }],
    ['adopt-first', { ...requested, requestedAmount: 70_00 }, proof, { isToAdopt: true }],
    ['payout-in-flight', requested, both, { inFlight: 'payout_other' }],
    ['more-than-owed', requested, both, { unpaid: 99_99 }],
    ['more-than-owed', { ...requested, requestedAmount: 70_00 }, proof, { unpaid: 69_99 }],
  ])('is refused as %s for %j by %j with %j', (why, of, by, facts) => {
    const plan = planElsewhere(aPayout(of), undefined, by, { ...owed, ...facts });
    expect(plan).toEqual(refuse(why));
  });

  test.each<[StepAttempt, object]>([
    [{ state: 'started', tries: 0, deniedTries: 0 }, end],
    [{ state: 'started', tries: 1, deniedTries: 0 }, refuse('outcome-open')],
    [{ state: 'unknown', tries: 1, deniedTries: 0 }, refuse('outcome-open')],
    [{ state: 'succeeded', tries: 1, deniedTries: 0 }, refuse('outcome-open')],
  ])('with the attempt %j', (attempt, plan) => {
    expect(planElsewhere(aPayout(reserved), attempt, both, inFlight)).toMatchObject(plan);
  });

  test('cannot end so once Stripe has it, or after its end', () => {
    const late = payoutStatuses.filter((status) => {
      const plan = planElsewhere(aPayout({ ...reserved, status }), undefined, both, owed);
      return plan.kind === 'refuse' && plan.why === 'too-late';
    });
    expect(late).toEqual(payoutStatuses.slice(3));
  });

  test.each<[of: Partial<Payout>, entries: string[], why: string]>([
    [requested, ['platform>foreign 6000'], 'the account’s part left with the other payout'],
    [
      reserved,
      ['platform-reserved>foreign 6000', 'account-reserved>account 4000'],
      'the other payout has taken both from the account',
    ],
    [transferred, ['account-reserved>account 10000'], 'the platform owed it no longer'],
  ])('books %j as %j: %s', (of, entries) => {
    const plan = end as Extract<ElsewherePlan, { kind: 'end' }>;
    const transition = paidElsewhere(aPayout(of), plan, both, {
      reason: 'by hand',
      unsentKey: 'key_unsent',
    });
    expect(transition.entries.map(({ from, to, amount }) => `${from}>${to} ${amount}`)).toEqual(
      entries,
    );
    expect(transition).toMatchObject({
      status: 'paid-elsewhere',
      attempt: { key: 'key_unsent', state: 'refused' },
    });
    expect(transition.releasesEarnings).toBeUndefined();
  });

  test.each<[why: string | null, of: Partial<Payout>, paidOutside: string | null]>([
    [null, { status: 'paid-elsewhere', fromPlatform: 60_00 }, 'SEPA 4711'],
    ['at-stripe', { status: 'paid-elsewhere', fromPlatform: 60_00 }, null],
    ['with-seller', { status: 'paid-elsewhere', transferId: 'tr_1' }, 'the account has left'],
    ['with-seller', { status: 'paid-elsewhere', fromAccount: 40_00 }, 'the account has left'],
    ['not-paid-elsewhere', { status: 'returned' }, 'SEPA 4711'],
    ['not-paid-elsewhere', { status: 'canceled' }, null],
  ])('is returned by a person (%s) if it is %j by %j', (why, of, paidOutside) => {
    expect(whyNotReturned(aPayout({ transferId: null, ...of }), paidOutside)).toBe(why);
  });

  test('is owed again if the money came back: at the platform, if it was paid outside Stripe', () => {
    const payout = aPayout({ status: 'paid-elsewhere', fromPlatform: 60_00 });
    expect(returnedElsewhere(payout, { reason: 'sent back' })).toMatchObject({
      status: 'returned',
      releasesEarnings: true,
      facts: { returnReason: 'sent back' },
      entries: [{ kind: 'owed-again', from: 'foreign', to: 'platform', amount: 60_00 }],
    });
    expect(returnedElsewhere(payout, 'at-stripe')).toMatchObject({
      status: 'returned',
      releasesEarnings: true,
      entries: [],
    });
  });
});
