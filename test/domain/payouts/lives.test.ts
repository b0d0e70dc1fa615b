import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { planReservation } from '../../../domain/funds.ts';
import type { StripePayoutId, TransferId } from '../../../domain/ids.ts';
import * as postings from '../../../domain/ledger.ts';
import { minor } from '../../../domain/money.ts';
import type { ParkReason } from '../../../domain/parking/reasons.ts';
import { planCancel } from '../../../domain/payouts/cancellation.ts';
import * as orders from '../../../domain/payouts/commands.ts';
import { answerTo } from '../../../domain/payouts/after-refusal.ts';
import { isInFlight, nextStep, type Payout } from '../../../domain/payouts/states.ts';
import { moneyOf } from '../../../domain/payouts/transition-type.ts';
import * as transitions from '../../../domain/payouts/transitions.ts';
import type { MoneyStep } from '../../../domain/stripe.ts';
import { aPayout } from '../../build/payout.ts';
import { check, World } from './world.ts';

/** What may come to pass. A step has an answer; a lost one was done or not, and nobody knows. */
const answers = ['done', 'done', 'done', 'refused', 'lost-done', 'lost-undone', 'back'] as const;
type Answer = (typeof answers)[number];
type Happening =
  | { kind: 'earn'; amount: number }
  | { kind: 'hold' | 'order'; amount: number | null }
  | { kind: 'lift'; which: number }
  | { kind: 'cancel' | 'replace'; which: number }
  | { kind: 'pass'; minutes: number }
  | Step;
type Step = { kind: 'step'; which: number; answer: Answer; woken: boolean };

const amount = fc.integer({ min: 1, max: 20_00 });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('earn' as const), amount }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('hold' as const, 'order' as const, 'order' as const),
      amount: fc.option(amount),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lift' as const), which: fc.nat(3) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('cancel' as const, 'replace' as const),
      which: fc.nat(3),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      minutes: fc.constantFrom(1, 10, 60, 24 * 60, 11 * 24 * 60),
    }),
  },
  {
    weight: 16,
    arbitrary: fc.record({
      kind: fc.constant('step' as const),
      which: fc.nat(3),
      answer: fc.constantFrom(...answers),
      woken: fc.boolean(),
    }),
  },
);

function order(world: World, requestedAmount: number | null): void {
  const payoutId = `payout_${world.payouts.length}` as const;
  world.payouts.push(aPayout({ payoutId, currency: 'usd', requestedAmount }));
}

function happen(world: World, one: Happening): void {
  switch (one.kind) {
    case 'earn':
      world.earned += one.amount;
      world.book([
        postings.earned({
          earningId: 'earn_1',
          sellerId: 'sel_1',
          currency: 'usd',
          amount: minor(one.amount),
        }),
      ]);
      return;
    case 'hold':
      world.holds.push({ currency: 'usd', amount: one.amount, expiresAt: null });
      return;
    case 'lift':
      world.holds.splice(one.which, 1);
      return;
    case 'order':
      return order(world, one.amount);
    case 'pass':
      world.now = minutesLater(world.now, one.minutes);
      return;
    default: {
      const stored = world.payouts[one.which];
      if (!stored) return;
      const row = { ...stored, now: world.now };
      if (one.kind === 'step') take(world, row, one);
      else if (one.kind === 'cancel') cancel(world, row);
      else replace(world, row);
    }
  }
}

/** What the payout's workflow does next, and what comes of it. */
function take(world: World, row: Payout, { answer, woken }: Step): void {
  const step = nextStep(row, woken);
  switch (step.kind) {
    case 'wait':
      if (row.parked && woken) decide(world, row, row.parked);
      return;
    case 'reserve':
      return reserve(world, row);
    case 'transfer':
    case 'payout':
      // The payout was canceled while a request was open, and its outcome is known now.
      if (row.cancelAsked) return world.move(row, orders.canceled(row, 'key_1', undefined));
      return ask(world, row, step.kind, answer);
    case 'look-up':
      return lookUp(world, row, step.step, answer);
    case 'cancel':
      return cancelAtStripe(world, row, answer);
    case 'follow':
      if (answer === 'done') return world.move(row, transitions.paid(sent(row), 10));
      if (answer === 'back') return bringBack(world, row, 'failed');
      return world.move(row, transitions.waiting(row, { reason: 'bank', minutes: 360 }));
    case 'settle':
      if (answer === 'back') return bringBack(world, row, 'failed');
      return world.move(row, transitions.settled(row));
    case 'over':
      // A bank may send money back for much longer than anybody watches.
      if (row.status === 'settled' && answer === 'back') bringBack(world, row, 'failed');
  }
}

/** A person looks at Stripe, which tells whether the step was done. */
function decide(world: World, row: Payout, parked: ParkReason): void {
  if (parked !== 'outcome-unknown' || !row.unknownStep) return world.move(row, orders.retried(row));
  const id = idOf(row, row.unknownStep);
  if (world.did(row, row.unknownStep)) world.move(row, orders.confirmedSent(row, id));
  else world.move(row, orders.confirmedNotSent(row, row.payoutId));
}

function reserve(world: World, row: Payout): void {
  if (world.payouts.some(({ status }) => isInFlight(status))) {
    return world.move(row, transitions.waiting(row, { reason: 'another-payout', minutes: 60 }));
  }
  const [atPlatform, atAccount] = [world.at('platform'), world.at('account')];
  const { requestedAmount, currency } = row;
  const funds = { requestedAmount, currency, atPlatform, atAccount, notYetAvailable: 0 };
  const plan = planReservation({ ...funds, holds: world.holds });
  if (plan.kind === 'wait') {
    return world.move(row, transitions.waiting(row, { reason: 'hold', minutes: 24 * 60 }));
  }
  if (plan.kind === 'no-route') throw new Error('nothing is known of the route');
  if (plan.kind === 'skip') return world.move(row, transitions.skipped(row, plan.reason));
  // Added up once more: what is held stays, whatever was asked for.
  const held = world.holds.reduce((sum, { amount }) => sum + (amount ?? Infinity), 0);
  expect(plan.fromPlatform + plan.fromAccount).toBeLessThanOrEqual(atPlatform + atAccount - held);
  world.move(row, transitions.reserved(moneyOf({ ...row, ...plan }), 'acct_1'));
}

function ask(world: World, row: Payout, step: MoneyStep, answer: Answer): void {
  if (answer === 'refused' || answer === 'back') {
    const then = answerTo(answer === 'back' ? 'other' : 'balance-insufficient', step);
    if (then.kind === 'park') return world.move(row, transitions.parked(row, then.reason));
    const { for: reason, minutes } = then;
    return world.move(row, transitions.waiting(row, { reason, minutes }));
  }
  if (answer !== 'lost-undone') world.does(step, row);
  if (answer === 'done') record(world, row, step);
  else world.move(row, transitions.notFound(row, step));
}

function record(world: World, row: Payout, step: MoneyStep): void {
  const key = `${row.payoutId}/${step}`;
  if (step === 'transfer') {
    const transferId = idOf(row, 'transfer') as TransferId;
    // Half of the payouts can be paid out an hour later only.
    const arrivesAt = Number(row.payoutId.slice(7)) % 2 ? null : minutesLater(row.now, 60);
    world.move(row, transitions.transferred(row, { key, transferId, arrivesAt }));
  } else {
    const stripePayoutId = idOf(row, 'payout') as StripePayoutId;
    const expected = { bankExpectedOn: null, followAt: null };
    world.move(row, transitions.sent(row, { key, stripePayoutId, ...expected }));
  }
}

/** Stripe's lists lag, so what was done is found or not; after four looks a person decides. */
function lookUp(world: World, row: Payout, step: MoneyStep, answer: Answer): void {
  if (world.did(row, step) && answer !== 'lost-undone') return record(world, row, step);
  if (row.namedStripeId) return world.move(row, transitions.parked(row, 'outcome-unknown'));
  world.move(row, transitions.notFound(row, step));
}

function cancel(world: World, row: Payout): void {
  // Between two steps, an attempt that Stripe did not answer is the only one that is open.
  const lost = { state: 'unknown' as const, tries: 1, deniedTries: 0 };
  const attempt = row.unknownStep ? lost : undefined;
  const isCancelUnknown = world.cancelUnknown.has(row.payoutId);
  const plan = planCancel({ ...row, isCancelUnknown, needsLook: false }, attempt);
  if (plan.kind === 'end') world.move(row, orders.canceled(row, 'key_1', undefined));
  if (plan.kind === 'look-up') world.move(row, orders.callOffOrdered(row, 'key_1', plan));
  if (plan.kind === 'ask-stripe') world.move(row, orders.cancelOrdered(row, 'key_1'));
}

function cancelAtStripe(world: World, row: Payout, answer: Answer): void {
  if (answer === 'done' || answer === 'back') return bringBack(world, row, 'canceled');
  if (answer !== 'refused') world.cancelUnknown.add(row.payoutId);
  const answered = answer === 'refused' ? 'refused' : 'unknown';
  world.move(row, orders.cancelAnswered(row, answered));
}

/**
 * The account had too little, because somebody else took the money: another payout weighs again.
 */
function replace(world: World, row: Payout): void {
  if (row.status !== 'transferred' || row.waitingFor !== 'account-balance') return;
  world.move(row, transitions.replaced(row));
  order(world, row.requestedAmount);
}

function bringBack(world: World, row: Payout, status: 'failed' | 'canceled'): void {
  const transition = transitions.cameBack(sent(row), { status, failureCode: null }, false);
  if (!transition) throw new Error(`nothing comes back of a payout that is ${row.status}`);
  world.move(row, transition);
  world.back += row.fromPlatform + row.fromAccount;
}

function sent(row: Payout): transitions.SentPayout {
  if (!row.stripePayoutId) throw new Error('Stripe does not have the payout');
  return { ...row, stripePayoutId: row.stripePayoutId };
}

function idOf({ payoutId }: Payout, step: MoneyStep): TransferId | StripePayoutId {
  return step === 'transfer' ? `tr_${payoutId}` : `po_${payoutId}`;
}

function minutesLater(instant: string, minutes: number): string {
  return new Date(Date.parse(instant) + minutes * 60_000).toISOString();
}

test('no life of payouts makes or loses a minor unit, transfers more than was earned, or takes what is held', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(fc.array(happening, { minLength: 20, maxLength: 120 }), (happenings) => {
      const world = new World();
      happen(world, { kind: 'earn', amount: 50_00 });
      for (const one of happenings) {
        happen(world, one);
        check(world);
        for (const { status, waitingFor, parked } of world.payouts) {
          reached.add(parked ?? waitingFor ?? status);
        }
      }
    }),
    { numRuns: 1500 },
  );
  // A property that never gets anywhere proves nothing.
  const waits = ['hold', 'arrival', 'bank', 'late-return', 'outcome-unknown', 'refused-by-stripe'];
  for (const state of [...waits, 'settled', 'failed', 'returned', 'canceled', 'skipped']) {
    expect(reached).toContain(state);
  }
});
