import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sayInstant } from '../../domain/dates.ts';
import { describePayout } from '../../domain/explanations/temporal-ui/payouts.ts';
import { describeSeller } from '../../domain/explanations/temporal-ui/sellers.ts';
import { firstExpiry, type Hold, leftBeside, neededBeside, type Stop } from '../../domain/holds.ts';
import { minor } from '../../domain/money.ts';
import { planCancel, type StepAttempt, stepToLookAt } from '../../domain/payouts/cancellation.ts';
import { nextStep, type PayoutStatus, payoutStatuses } from '../../domain/payouts/states.ts';
import { nextSellerStep } from '../../domain/sellers.ts';
import { aPayout, later, noon } from '../build/payout.ts';
import { aSeller } from '../build/seller.ts';

const hold: Stop = {
  kind: 'hold',
  holdId: 'hold_0123456789abcdefghjk',
  source: 'risk',
  currency: 'eur',
  amount: 30_00,
  expiresAt: later,
  since: noon,
  by: 'key_0123456789abcdefghjk',
};
const pause: Stop = { kind: 'pause', since: noon, by: 'key_0123456789abcdefghjk' };

describe('holds', () => {
  const amount = fc.option(fc.integer({ min: 1, max: 100_00 }));
  const anyHold: fc.Arbitrary<Hold> = fc.record({
    currency: fc.constantFrom(null, 'eur', 'usd'),
    amount,
    expiresAt: fc.constantFrom(null, noon, later),
  });

  test('never leave more than is payable, nor less than nothing, and each only takes away', () => {
    fc.assert(
      fc.property(fc.array(anyHold), anyHold, fc.nat({ max: 200_00 }), (holds, more, payable) => {
        const of = { amount: minor(payable), currency: 'eur' };
        const left = leftBeside(holds, of);
        expect(left).toBeGreaterThanOrEqual(0);
        expect(left).toBeLessThanOrEqual(payable);
        // One release gives back at most what that hold took: the others still hold.
        const gone = left - leftBeside([...holds, more], of);
        const own = more.currency !== 'usd';
        expect(gone).toBe(own ? Math.min(left, more.amount ?? left) : 0);
      }),
    );
  });

  test('leave a sum exactly from what is needed for it on, and never while one holds all', () => {
    fc.assert(
      fc.property(fc.array(anyHold), fc.integer({ min: 1, max: 200_00 }), (holds, amount) => {
        const needed = neededBeside(holds, { amount, currency: 'eur' });
        const leftOf = (payable: number) => {
          return leftBeside(holds, { amount: minor(payable), currency: 'eur' });
        };
        const most = Number.MAX_SAFE_INTEGER;
        expect(leftOf(needed ?? most)).toBe(needed === null ? 0 : amount);
        expect(leftOf((needed ?? most) - 1)).toBe(needed === null ? 0 : amount - 1);
      }),
    );
  });

  test('lift first at the earliest expiry of their currency', () => {
    const of = (currency: string | null, expiresAt: string | null) => {
      return { currency, amount: null, expiresAt };
    };
    expect(firstExpiry([of('eur', later), of(null, null), of('usd', noon)], 'eur')).toBe(later);
    expect(firstExpiry([of('eur', later), of('usd', noon)])).toBe(noon);
    expect(firstExpiry([of('eur', null)], 'eur')).toBeNull();
  });
});

describe('a seller', () => {
  const payoutId = 'payout_0123456789abcdefghjk';

  test('who is paused starts no payout, and is looked at again when a hold runs out', () => {
    const seller = aSeller({ startablePayouts: [payoutId], stops: [pause, hold] });
    expect(nextSellerStep(seller, new Set(['payouts']))).toEqual({ kind: 'wait', until: later });
  });

  test('who is held starts its payouts, which then wait by themselves', () => {
    const seller = aSeller({ startablePayouts: [payoutId], stops: [hold] });
    expect(nextSellerStep(seller, new Set())).toEqual({ kind: 'start-payout', payoutId });
  });

  test('is shown with who stops the money, since when, and what lifts it', () => {
    const stops = [pause, hold, { ...hold, currency: null, amount: null, expiresAt: null }];
    const details = describeSeller(aSeller({ stops }));
    expect(details).toContain(
      `paused since Mon, 23 Nov 2026, 12:00 UTC, by \`key_0123456789abcdefghjk\``,
    );
    expect(details).toContain('/resume`');
    expect(details).toContain(`hold (risk) of 30.00 EUR since Mon, 23 Nov 2026, 12:00 UTC`);
    expect(details).toContain(
      `until ${sayInstant(later)}, or \`POST /v1/holds/${hold.holdId}/release\``,
    );
    expect(details).toContain('hold (risk) of all money');
    const kept = describeSeller(aSeller({ stops: [{ ...hold, keptBy: 'disc_1' }] }));
    expect(kept).toContain(
      'it cannot be released yet; `POST /v1/discrepancies/disc_1/close` `{"outcome":"owed",',
    );
    expect(kept).not.toContain('/release');
    const payout = aPayout({ waitingFor: 'hold', lookAgainAt: later, stops: [hold] });
    expect(describePayout(payout, nextStep(payout, false))).toContain('hold (risk) of 30.00 EUR');
  });
});

describe('calling a payout off', () => {
  const unsent: StepAttempt = { state: 'started', tries: 0, deniedTries: 0 };
  const sent: StepAttempt = { state: 'started', tries: 1, deniedTries: 0 };
  const denied: StepAttempt = { state: 'started', tries: 2, deniedTries: 2 };
  const halfDenied: StepAttempt = { state: 'started', tries: 2, deniedTries: 1 };
  const unknown: StepAttempt = { state: 'unknown', tries: 1, deniedTries: 0 };

  test.each<[PayoutStatus, StepAttempt | undefined, string, why: string]>([
    ['requested', undefined, 'end', 'nothing is set aside'],
    ['reserved', undefined, 'end', 'nothing was sent'],
    ['reserved', unsent, 'end', 'it never will be sent'],
    ['reserved', denied, 'end', 'every answer was certainly no'],
    ['reserved', halfDenied, 'look-up', 'one try has no answer'],
    ['reserved', sent, 'look-up', 'the money may be moving'],
    ['reserved', unknown, 'look-up', 'the money may have moved'],
    ['transferred', undefined, 'end', 'the money rests at the account'],
    ['transferred', unsent, 'end', 'it never will be sent'],
    ['transferred', denied, 'end', 'every answer was certainly no'],
    ['transferred', sent, 'look-up', 'the money may be moving'],
    ['transferred', unknown, 'look-up', 'the money may have moved'],
    ['sent', undefined, 'ask-stripe', 'only Stripe can call it back'],
    ['paid', undefined, 'too-late', 'the bank has it'],
    ['settled', undefined, 'too-late', 'it is over'],
    ['failed', undefined, 'too-late', 'it is over'],
    ['returned', undefined, 'too-late', 'it is over'],
    ['skipped', undefined, 'too-late', 'it is over'],
    ['canceled', undefined, 'nothing-to-do', 'it is called off already'],
  ])('that is %s with %j is %s: %s', (status, attempt, answer) => {
    const payout = { status, cancelAsked: false, isCancelUnknown: false, needsLook: false };
    const plan = planCancel(payout, attempt);
    expect(plan.kind === 'refuse' ? plan.why : plan.kind).toBe(answer);
    if (plan.kind === 'look-up') {
      expect(plan.step).toBe(status === 'reserved' ? 'transfer' : 'payout');
    }
    if (plan.kind === 'end') expect(plan.transferDone).toBe(status === 'transferred');
  });

  test('that Stripe is being asked about, or did not answer, changes nothing', () => {
    const ordered = {
      status: 'sent' as const,
      cancelAsked: true,
      isCancelUnknown: false,
      needsLook: false,
    };
    expect(planCancel(ordered, undefined)).toEqual({ kind: 'nothing-to-do' });
    const lost = {
      status: 'sent' as const,
      cancelAsked: false,
      isCancelUnknown: true,
      needsLook: false,
    };
    expect(planCancel(lost, undefined)).toEqual({ kind: 'nothing-to-do' });
  });

  test('looks at an attempt only where one may be moving the money', () => {
    const looked = payoutStatuses.filter((status) => stepToLookAt({ status }));
    expect(looked).toEqual(['reserved', 'transferred']);
  });

  test.each([
    ['bank', false, 'cancel', 'it need not wait for the bank'],
    ['money-stopped', false, 'cancel', 'what takes money back is never stopped'],
    ['money-stopped', true, 'cancel', 'money may move again'],
  ] as const)(
    'at Stripe that waits for %s, woken %s, does %s: %s',
    (waitingFor, woken, does, _why) => {
      const at = { status: 'sent' as const, waitingFor, lookAgainAt: later };
      expect(nextStep(aPayout({ ...at, cancelAsked: true }), woken).kind).toBe(does);
      expect(nextStep(aPayout({ ...at, cancelAsked: false }), false).kind).toBe('wait');
    },
  );
});
