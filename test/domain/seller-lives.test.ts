import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPaused, type Stop } from '../../domain/holds.ts';
import {
  nextSellerStep,
  type Seller,
  sellerStatuses,
  type SellerStep,
  statusOf,
} from '../../domain/sellers.ts';
import type { WakeTopic } from '../../domain/wake-ups.ts';
import { before, later, noon } from '../build/payout.ts';
import { aSeller } from '../build/seller.ts';

const pause: Stop = { kind: 'pause', since: noon, by: 'key_0123456789abcdefghjk' };
const hold = (expiresAt: string | null): Stop => {
  const of = { holdId: 'hold_0123456789abcdefghjk', source: 'risk', currency: null } as const;
  return { ...pause, ...of, kind: 'hold', amount: null, expiresAt };
};
const instant = fc.constantFrom(null, null, before, noon, later, later);
/** What lets a seller be paid is there more often than not, or most rows would do nothing. */
const mostly = fc.constantFrom(true, true, true, true, false);
const abilities = fc.record({
  canReceiveTransfers: mostly,
  canPayOut: mostly,
  payoutsAreManual: mostly,
});
/** Any row, its status by its abilities, as the database writes it. */
const anySeller = fc
  .record({
    was: fc.constantFrom(...sellerStatuses, 'active', 'active'),
    abilities,
    parked: fc.constantFrom(null, null, null, 'account-refused'),
    stripeAccount: fc.constantFrom(null, 'acct_1' as const, 'acct_1' as const),
    accountKnown: mostly,
    movementsDue: fc.boolean(),
    startablePayouts: fc.constantFrom<Seller['startablePayouts']>([], [], ['payout_1', 'payout_2']),
    stops: fc.subarray([pause, hold(null), hold(later)]),
    lookAgainAt: instant,
    paydayAt: instant,
  })
  .map(({ was, abilities, ...row }) => {
    return aSeller({ ...row, ...abilities, status: statusOf({ status: was, ...abilities }) });
  });
const anyTopics = fc
  .subarray<WakeTopic>(['account', 'money', 'payouts', 'deadline', 'reopened'])
  .map((topics) => new Set(topics));

/** The row after a step, as the database has it then, and what is left to be looked at. */
function after(
  seller: Seller,
  step: SellerStep,
  can: typeof abilities extends fc.Arbitrary<infer A> ? A : never,
): Seller {
  const { status, startablePayouts } = seller;
  switch (step.kind) {
    case 'create-account':
      return { ...seller, stripeAccount: 'acct_1' };
    case 'read-account': {
      const payoutsAreManual = seller.payoutsAreManual && can.payoutsAreManual;
      const facts = { ...can, payoutsAreManual };
      const now = statusOf({ status, ...facts });
      const lookAgainAt = now === 'active' ? null : later;
      return { ...seller, ...facts, status: now, accountKnown: true, lookAgainAt };
    }
    case 'read-movements':
      return { ...seller, movementsDue: false };
    case 'set-manual-payouts': {
      const now = statusOf({ ...seller, payoutsAreManual: true });
      return { ...seller, payoutsAreManual: true, status: now };
    }
    case 'open-payday':
      return { ...seller, paydayAt: later, startablePayouts: ['payout_3'] };
    case 'start-payout':
      return { ...seller, startablePayouts: startablePayouts.slice(1) };
    default:
      return seller;
  }
}

test('a seller comes to rest after a few steps, and starts a payout only while it may be paid', () => {
  const started = new Set<string>();
  fc.assert(
    fc.property(anySeller, anyTopics, abilities, (given, topics, can) => {
      let seller = given;
      let left: ReadonlySet<WakeTopic> = topics;
      let steps = 0;
      for (;;) {
        const step = nextSellerStep(seller, left);
        if (step.kind === 'wait' || step.kind === 'over') return;
        if (step.kind === 'start-payout' || step.kind === 'open-payday') {
          expect([seller.status, seller.parked, isPaused(seller.stops)]).toEqual([
            'active',
            null,
            false,
          ]);
          expect(seller.stripeAccount !== null && seller.accountKnown).toBe(true);
          expect([seller.canPayOut, seller.payoutsAreManual]).toEqual([true, true]);
          if (step.kind === 'open-payday') expect(seller.paydayAt! <= seller.now).toBe(true);
          started.add(step.kind);
        }
        seller = after(seller, step, can);
        // A wake-up is told to one step, which looks at all of it.
        left = new Set();
        steps += 1;
        expect(steps).toBeLessThan(12);
      }
    }),
    { numRuns: 5000 },
  );
  expect([...started].sort()).toEqual(['open-payday', 'start-payout']);
});

test('a seller that waits sleeps past no date of its own, and parked or closed past nothing', () => {
  fc.assert(
    fc.property(anySeller, anyTopics, (seller, topics) => {
      const step = nextSellerStep(seller, topics);
      if (seller.status === 'closed') {
        expect(['over', 'read-movements']).toContain(step.kind);
      } else if (seller.parked !== null) {
        expect(step).toEqual({ kind: 'wait', until: null });
      } else if (step.kind === 'wait') {
        const mayBePaid = seller.status === 'active' && !isPaused(seller.stops);
        const dates = [
          seller.lookAgainAt,
          mayBePaid ? seller.paydayAt : null,
          ...(seller.stops ?? []).map((stop) => (stop.kind === 'hold' ? stop.expiresAt : null)),
        ].filter((date) => typeof date === 'string');
        expect(step.until).toBe(dates.sort()[0] ?? null);
        expect(step.until === null || step.until > seller.now).toBe(true);
      }
    }),
    { numRuns: 5000 },
  );
});

test('a status says the same when it is asked again, and never turns back to onboarding', () => {
  fc.assert(
    fc.property(fc.constantFrom(...sellerStatuses), abilities, abilities, (was, one, other) => {
      const first = statusOf({ status: was, ...one });
      expect(statusOf({ status: first, ...one })).toBe(first);
      const second = statusOf({ status: first, ...other });
      if (first !== 'onboarding') expect(second).not.toBe('onboarding');
      if (second === 'active') expect(Object.values(other)).toEqual([true, true, true]);
      expect(second === 'closed').toBe(was === 'closed');
    }),
  );
});
