import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { planReservation } from '../../../domain/funds.ts';
import type { Hold } from '../../../domain/holds.ts';
import * as postings from '../../../domain/ledger.ts';
import { minor } from '../../../domain/money.ts';
import { isInFlight, nextStep, type Payout } from '../../../domain/payouts/states.ts';
import { aPayout } from '../../build/payout.ts';

/** What may come to pass. A step has an answer; a lost one was done or not, and nobody knows. */
const answers = ['done', 'done', 'done', 'refused', 'lost-done', 'lost-undone', 'back'] as const;
type Answer = (typeof answers)[number];
type Happening =
  | { kind: 'earn'; amount: number }
  | { kind: 'hold' | 'order'; amount: number | null }
  | { kind: 'lift'; which: number }
  | { kind: 'step'; which: number; answer: Answer; woken: boolean };

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
    weight: 16,
    arbitrary: fc.record({
      kind: fc.constant('step' as const),
      which: fc.nat(3),
      answer: fc.constantFrom(...answers),
      woken: fc.boolean(),
    }),
  },
);

/** A seller's world: our rows and ledger, and what Stripe really did, which no row knows. */
class World {
  places = new Map<postings.Place, number>();
  payouts: Payout[] = [];
  holds: Hold[] = [];
  earned = 0;
  stripe = { transfers: new Map<string, number>(), payouts: new Map<string, number>() };
  back = 0;

  at(place: postings.Place): number {
    return this.places.get(place) ?? 0;
  }

  book(entries: readonly postings.Entry[]): void {
    for (const { from, to, amount } of entries) {
      this.places.set(from, this.at(from) - amount);
      this.places.set(to, this.at(to) + amount);
    }
  }

  /** Stripe takes a request: a second one of the same payout would move money a second time. */
  does(what: 'transfers' | 'payouts', { payoutId }: Payout, amount: number): void {
    const done = this.stripe[what].get(payoutId) ?? 0;
    this.stripe[what].set(payoutId, done + amount);
  }
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
    case 'order': {
      const payoutId = `payout_${world.payouts.length}` as const;
      const of = { payoutId, currency: 'usd', requestedAmount: one.amount };
      world.payouts.push(aPayout(of));
      return;
    }
    case 'step': {
      const row = world.payouts[one.which];
      if (row) world.payouts[one.which] = { ...row, ...take(world, row, one) };
    }
  }
}

/** The effect of what `nextStep` decided, as the activities have it. */
function take(
  world: World,
  row: Payout,
  { answer, woken }: { answer: Answer; woken: boolean },
): Partial<Payout> {
  const step = nextStep(row, woken);
  const money = moneyOf(row);
  const stripeId = row.payoutId.slice(7);
  switch (step.kind) {
    case 'wait':
      return row.parked && woken ? { parked: null, waitingFor: null } : {};
    case 'reserve':
      return reserve(world, row);
    case 'transfer':
      return ask(world, row, 'transfer', answer);
    case 'payout':
      return ask(world, row, 'payout', answer);
    case 'look-up':
      return lookUp(world, row, step.step);
    case 'follow':
      if (answer === 'done') {
        world.book(postings.paid(money, `po_${stripeId}`));
        return { status: 'paid' };
      }
      return answer === 'back' ? bringBack(world, row, postings.failed) : {};
    case 'settle':
      return answer === 'back' ? bringBack(world, row, postings.returned) : { status: 'settled' };
    default:
      return {};
  }
}

function reserve(world: World, row: Payout): Partial<Payout> {
  if (world.payouts.some(({ status }) => isInFlight(status))) return {};
  const [atPlatform, atAccount] = [world.at('platform'), world.at('account')];
  const { requestedAmount, currency } = row;
  const funds = { requestedAmount, currency, atPlatform, atAccount, notYetAvailable: 0 };
  const plan = planReservation({ ...funds, holds: world.holds });
  if (plan.kind === 'wait') return { waitingFor: 'hold', lookAgainAt: row.now };
  if (plan.kind === 'skip') return { status: 'skipped' };
  // Added up once more: what is held stays, whatever was asked for.
  const held = world.holds.reduce((sum, { amount }) => sum + (amount ?? Infinity), 0);
  expect(plan.fromPlatform + plan.fromAccount).toBeLessThanOrEqual(atPlatform + atAccount - held);
  world.book(postings.reserved(moneyOf({ ...row, ...plan })));
  const { fromPlatform, fromAccount } = plan;
  const status = fromPlatform > 0 ? 'reserved' : 'transferred';
  return { status, fromPlatform, fromAccount, waitingFor: null, lookAgainAt: null };
}

function ask(
  world: World,
  row: Payout,
  step: 'transfer' | 'payout',
  answer: Answer,
): Partial<Payout> {
  if (answer === 'refused' || answer === 'back')
    return { waitingFor: 'platform-balance', lookAgainAt: row.now };
  if (answer !== 'lost-undone') {
    if (step === 'transfer') world.does('transfers', row, row.fromPlatform);
    else world.does('payouts', row, row.fromPlatform + row.fromAccount);
  }
  return answer === 'done' ? record(world, row, step) : { unknownStep: step, lookUps: 0 };
}

function record(world: World, row: Payout, step: 'transfer' | 'payout'): Partial<Payout> {
  const known = { unknownStep: null, lookUps: 0, waitingFor: null, lookAgainAt: null };
  if (step === 'transfer') {
    world.book(postings.transferred(moneyOf(row), `tr_${row.payoutId}`));
    return { ...known, status: 'transferred' };
  }
  world.book(postings.sent(moneyOf(row), `po_${row.payoutId}`));
  return { ...known, status: 'sent' };
}

/** What Stripe has is found; what it has not is, after four looks, a person's to say. */
function lookUp(world: World, row: Payout, step: 'transfer' | 'payout'): Partial<Payout> {
  const did = world.stripe[step === 'transfer' ? 'transfers' : 'payouts'].has(row.payoutId);
  if (did) return record(world, row, step);
  const lookUps = row.lookUps + 1;
  if (lookUps < 4) return { lookUps };
  return { unknownStep: null, lookUps: 0, parked: 'outcome-unknown' };
}

function bringBack(world: World, row: Payout, lines: typeof postings.failed): Partial<Payout> {
  world.book(lines(moneyOf(row), `po_${row.payoutId}`));
  world.back += row.fromPlatform + row.fromAccount;
  return { status: 'failed' };
}

function moneyOf({
  payoutId,
  sellerId,
  currency,
  fromPlatform,
  fromAccount,
}: Payout): postings.PayoutMoney {
  return {
    payoutId,
    sellerId,
    currency,
    fromPlatform: minor(fromPlatform),
    fromAccount: minor(fromAccount),
  };
}

const sum = (amounts: Iterable<number>): number => [...amounts].reduce((all, one) => all + one, 0);

function check(world: World): void {
  expect(sum(world.places.values())).toBe(0);
  for (const [place, held] of world.places) {
    if (place !== 'owed') expect([place, held >= 0]).toEqual([place, true]);
  }
  expect(sum(world.stripe.transfers.values())).toBeLessThanOrEqual(world.earned);
  expect(sum(world.stripe.payouts.values())).toBeLessThanOrEqual(world.earned + world.back);
  for (const { payoutId, fromPlatform, fromAccount } of world.payouts) {
    const { transfers, payouts } = world.stripe;
    expect(transfers.get(payoutId) ?? fromPlatform).toBe(fromPlatform);
    expect(payouts.get(payoutId) ?? fromPlatform + fromAccount).toBe(fromPlatform + fromAccount);
  }
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
      }
      for (const { status, waitingFor, parked } of world.payouts) {
        reached.add(parked ?? waitingFor ?? status);
      }
    }),
    { numRuns: 1500 },
  );
  // A property that never gets anywhere proves nothing.
  for (const state of ['hold', 'outcome-unknown', 'sent', 'settled', 'failed']) {
    expect(reached).toContain(state);
  }
});
