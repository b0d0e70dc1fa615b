import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { completeOnboarding } from '../../../sandbox/accounts/onboarding.ts';
import { bankAccountsOf, seedPlatform } from '../../../sandbox/accounts/record.ts';
import { accountDue, accountRoutes } from '../../../sandbox/accounts/routes.ts';
import { bookDue } from '../../../sandbox/books/routes.ts';
import { createCharge } from '../../../sandbox/charges/create.ts';
import { openClock } from '../../../sandbox/core/clock.ts';
import { processDue } from '../../../sandbox/core/due.ts';
import { StripeFault } from '../../../sandbox/core/errors.ts';
import { platformId, type World } from '../../../sandbox/core/world.ts';
import { moneyDue } from '../../../sandbox/money/due.ts';
import { createPayout } from '../../../sandbox/payouts/create.ts';
import { cancelPayout, failPayout, payPayout } from '../../../sandbox/payouts/life.ts';
import { openDatabase } from '../../../sandbox/store/database.ts';
import { allRecords } from '../../../sandbox/store/objects.ts';
import { createTopup } from '../../../sandbox/topups/life.ts';
import { createTransfer } from '../../../sandbox/transfers/create.ts';
import { reverseTransfer } from '../../../sandbox/transfers/reversals.ts';

/** An order of money; a number is days that pass. */
type Step = (w: World) => void;

const due = { ...accountDue, ...bookDue, ...moneyDue };
const amount = fc.integer({ min: 50, max: 500_00 });
const which = fc.nat(9);

const step: fc.Arbitrary<Step | number> = fc.oneof(
  fc.tuple(amount, fc.constantFrom('tok_visa', 'tok_bypassPending')).map(charge),
  fc.tuple(amount, which).map(transfer),
  fc.tuple(amount, which).map(payOut),
  fc.tuple(amount, which).map(reverse),
  fc.tuple(which, fc.constantFrom('cancel', 'fail', 'pay')).map(endPayout),
  amount.map((asked) => (w: World) => {
    createTopup(w, { amount: asked, currency: 'usd', metadata: {} });
  }),
  fc.integer({ min: 1, max: 9 }),
);

test('whatever happens, balances are the sums of their entries and no order overdraws them', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 10, maxLength: 40 }), (steps) => {
      const w = newWorld();
      for (const next of steps) {
        if (typeof next === 'number') wait(w, next);
        else attempt(w, next);
      }
      expect(totals(w)).toEqual(sums(w));
      for (const { available } of totals(w)) expect(available).toBeGreaterThanOrEqual(0);
      expect(moneyInside(w)).toBe(moneyIn(w) - moneyOut(w));
      w.db.close();
    }),
    { numRuns: 60 },
  );
});

function charge([asked, source]: [number, string]): Step {
  return (w) => {
    createCharge(w, { account: platformId, amount: asked, currency: 'usd', metadata: {}, source });
  };
}

function transfer([asked, at]: [number, number]): Step {
  return (w) => {
    const destination = sellerOf(w, at);
    createTransfer(w, { amount: asked, currency: 'usd', destination, metadata: {} });
  };
}

function payOut([asked, at]: [number, number]): Step {
  return (w) => {
    const account = sellerOf(w, at);
    const currency = bankAccountsOf(w, account)[0]?.currency ?? 'usd';
    createPayout(w, { account, amount: asked, currency });
  };
}

function reverse([asked, at]: [number, number]): Step {
  return (w) => {
    const made = allRecords(w, 'transfer');
    const picked = made[at % Math.max(made.length, 1)];
    if (picked) reverseTransfer(w, { transfer: picked.id, amount: asked, metadata: {} });
  };
}

function endPayout([at, how]: [number, string]): Step {
  return (w) => {
    const made = allRecords(w, 'payout');
    const id = made[at % Math.max(made.length, 1)]?.id;
    if (id === undefined) return;
    if (how === 'pay') payPayout(w, id);
    else if (how === 'fail') failPayout(w, id, 'account_closed');
    else for (const seller of sellers(w)) if (owns(w, seller, id)) cancelPayout(w, seller, id);
  };
}

/** What Stripe refuses leaves no trace; anything else is a defect. */
function attempt(w: World, take: Step): void {
  try {
    w.db.transaction(() => take(w));
  } catch (error) {
    if (!(error instanceof StripeFault)) throw error;
  }
}

function wait(w: World, days: number): void {
  w.clock.setOffset(w.clock.offsetMs() + days * 86_400_000);
  processDue(w, due);
}

function newWorld(): World {
  const db = openDatabase(':memory:');
  const onDeliveries = () => undefined;
  const w: World = {
    db,
    clock: openClock(db),
    secretKey: '',
    baseUrl: '',
    current: null,
    onDeliveries,
  };
  seedPlatform(w);
  const create = accountRoutes.find((r) => r.method === 'POST' && r.path === '/v2/core/accounts');
  for (const country of ['us', 'de']) {
    const recipient = {
      capabilities: { stripe_balance: { stripe_transfers: { requested: true } } },
    };
    const answer = create?.run(
      { w, account: platformId, id: '', id2: '' },
      { identity: { country, entity_type: 'individual' }, configuration: { recipient } },
    );
    completeOnboarding(w, answer?.['id'] as string, {});
  }
  return w;
}

function sellers(w: World): string[] {
  return allRecords(w, 'account')
    .map((account) => account.id)
    .filter((id) => id !== platformId);
}

function sellerOf(w: World, at: number): string {
  const all = sellers(w);
  return all[at % all.length] ?? '';
}

function owns(w: World, account: string, payout: string): boolean {
  return allRecords(w, 'payout', account).some((one) => one.id === payout);
}

type Total = { account: string; currency: string; available: number; pending: number };

function totals(w: World): Total[] {
  return w.db.all<Total>('select * from totals order by account, currency');
}

function sums(w: World): Total[] {
  return w.db.all<Total>(
    `select account, currency, sum(net * settled) as available,
      sum(net * (1 - settled)) as pending
     from balance_transactions group by account, currency order by account, currency`,
  );
}

/** Dollars that never leave dollars: conversions are counted where they leave the platform. */
function moneyInside(w: World): number {
  const inUsd = totals(w).filter((total) => total.currency === 'usd');
  return inUsd.reduce((sum, total) => sum + total.available + total.pending, 0);
}

function moneyIn(w: World): number {
  const row = w.db.get<{ sum: number | null }>(
    "select sum(net) as sum from balance_transactions where type in ('charge', 'topup')",
  );
  return row?.sum ?? 0;
}

function moneyOut(w: World): number {
  const german = allRecords(w, 'account').find((one) => one.identity['country'] === 'de')?.id;
  const converted = allRecords(w, 'transfer').filter((one) => one.destination === german);
  const paid = allRecords(w, 'payout').filter(
    (one) => one.currency === 'usd' && !['failed', 'canceled'].includes(one.status),
  );
  return (
    converted.reduce((sum, one) => sum + one.amount - one.amount_reversed, 0) +
    paid.reduce((sum, one) => sum + one.amount, 0)
  );
}
