import { expect } from 'vitest';
import type { Hold } from '../../../domain/holds.ts';
import type * as postings from '../../../domain/ledger.ts';
import type { Payout } from '../../../domain/payouts/states.ts';
import type { Transition } from '../../../domain/payouts/transition-type.ts';
import type { MoneyStep } from '../../../domain/stripe.ts';
import { applied, noon } from '../../build/payout.ts';

/** A seller's world: our rows and ledger, and what Stripe really did, which no row knows. */
export class World {
  places = new Map<postings.Place, number>();
  payouts: Payout[] = [];
  holds: Hold[] = [];
  earned = 0;
  stripe = { transfers: new Map<string, number>(), payouts: new Map<string, number>() };
  back = 0;
  now = noon;
  /** Payouts of which nobody knows whether Stripe canceled them. */
  cancelUnknown = new Set<string>();

  at(place: postings.Place): number {
    return this.places.get(place) ?? 0;
  }

  book(entries: readonly postings.Entry[]): void {
    for (const { from, to, amount } of entries) {
      this.places.set(from, this.at(from) - amount);
      this.places.set(to, this.at(to) + amount);
    }
  }

  /** Stores a transition: it has to apply, since nothing came between. */
  move(row: Payout, transition: Transition): void {
    if (!transition.from.includes(row.status)) throw new Error(`not from ${row.status}`);
    this.book(transition.entries);
    const index = this.payouts.findIndex(({ payoutId }) => payoutId === row.payoutId);
    this.payouts[index] = applied(row, transition);
  }

  /** Stripe takes a request: a second one of the same payout would move money a second time. */
  does(step: MoneyStep, { payoutId, fromPlatform, fromAccount }: Payout): void {
    const made = step === 'transfer' ? this.stripe.transfers : this.stripe.payouts;
    const amount = step === 'transfer' ? fromPlatform : fromPlatform + fromAccount;
    made.set(payoutId, (made.get(payoutId) ?? 0) + amount);
  }

  did({ payoutId }: Payout, step: MoneyStep): boolean {
    return this.stripe[step === 'transfer' ? 'transfers' : 'payouts'].has(payoutId);
  }
}

const sum = (amounts: Iterable<number>): number => [...amounts].reduce((all, one) => all + one, 0);

/** Money is where the ledger says, and Stripe moved what the rows say, once. */
export function check(world: World): void {
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
