import * as fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cancelPayout } from '../../../db/payouts/cancellations.ts';
import { confirmNotSent, confirmSent } from '../../../db/payouts/commands.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import {
  parkPayout,
  recordNotFound,
  recordPaid,
  recordSettled,
  recordWait,
} from '../../../db/payouts/steps.ts';
import { recordReturn } from '../../../db/reconciliation/stopped-payouts.ts';
import { recordUnknown } from '../../../db/stripe/answers.ts';
import type { PayoutId, SellerId } from '../../../domain/ids.ts';
import type { Payout } from '../../../domain/payouts/states.ts';
import { CalledOff, type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(10);
});
afterAll(() => money.db.destroy());

/** What may happen, in any order: payouts are named by their number, and rows may be old. */
type Action =
  | { kind: 'earn'; amount: number; later: boolean }
  | { kind: 'order'; amount: number | null }
  | { kind: Step; which: number; stale: boolean; twice: boolean };
const steps = [
  'reserve',
  'transfer',
  'send',
  'pay',
  'fail',
  'cancel',
  'settle',
  'wait',
  'doubt',
  'park',
  'confirm-sent',
  'confirm-not-sent',
  'call-off',
] as const;
type Step = (typeof steps)[number];

const usual = ['reserve', 'transfer', 'send', 'pay', 'settle'] as const;

const amount = fc.integer({ min: 1, max: 20_00 });
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('earn' as const), amount, later: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('order' as const), amount: fc.option(amount) }),
  },
  {
    weight: 20,
    arbitrary: fc.record({
      // The way a payout usually goes is tried more often than the rest.
      kind: fc.constantFrom(...steps, ...usual, ...usual, ...usual),
      which: fc.nat({ max: 2 }),
      stale: fc.nat({ max: 3 }).map((one) => one === 0),
      twice: fc.boolean(),
    }),
  },
);

/** Tried each time, so that the property always gets to the end of a payout. */
const wholeLife = lifeOf('reserve', 'transfer', 'send', 'pay', 'settle');
const lifeUntilSent = lifeOf('reserve', 'transfer', 'send');
const lifeThatComesBack = lifeOf('reserve', 'transfer', 'send', 'doubt', 'fail', 'fail');

function lifeOf(...kinds: Step[]): Action[] {
  const taken = kinds.map((kind) => ({ kind, which: 0, stale: false, twice: true }));
  return [{ kind: 'order', amount: null }, ...taken];
}

/** One seller's world: its payouts, and the rows as somebody once read them. */
type World = { sellerId: SellerId; payouts: PayoutId[]; read: Map<PayoutId, Payout> };

async function act(world: World, action: Action): Promise<void> {
  const { sellerId, payouts } = world;
  if (action.kind === 'earn') {
    const given = action.later ? { availableOn: '2040-01-01T00:00:00.000Z' } : {};
    await money.earn(sellerId, action.amount, given);
  } else if (action.kind === 'order') {
    payouts.push(await money.order(sellerId, action.amount));
  } else {
    const payoutId = payouts[action.which % Math.max(1, payouts.length)];
    if (!payoutId) return;
    const now = await readPayout(money.db, payoutId);
    const row = (action.stale && world.read.get(payoutId)) || now;
    if (!action.stale) world.read.set(payoutId, now);
    // A late run of a step finds the payout called off, and sends nothing.
    const once = () => take(action.kind, row).catch(unlessCalledOff);
    await (action.twice ? Promise.all([once(), once()]) : once());
  }
}

function unlessCalledOff(error: unknown): void {
  if (!(error instanceof CalledOff)) throw error;
}

async function take(step: Step, row: Payout): Promise<unknown> {
  const { db } = money;
  const { payoutId, stripePayoutId } = row;
  const sent = stripePayoutId && { ...row, stripePayoutId };
  switch (step) {
    case 'reserve':
      return reservePayout(db, payoutId);
    case 'transfer':
      return row.status === 'reserved' && money.transfer(payoutId);
    case 'send':
      return row.status === 'transferred' && money.sendOff(payoutId);
    case 'pay':
      return sent && recordPaid(db, sent, 10);
    case 'fail':
    case 'cancel':
      return (
        sent &&
        recordReturn(db, sent, {
          status: step === 'fail' ? 'failed' : 'canceled',
          failureCode: null,
        })
      );
    case 'settle':
      return recordSettled(db, row);
    case 'wait':
      return recordWait(db, row, { reason: 'platform-balance', minutes: 60 });
    case 'doubt':
      return doubt(row);
    case 'park':
      return parkPayout(db, row, 'outcome-unknown');
    case 'confirm-sent':
      return confirm(row);
    case 'call-off':
      return db.transaction().execute((tx) => cancelPayout(tx, payoutId, 'key_of_the_tests'));
    case 'confirm-not-sent':
      return db.transaction().execute((tx) => confirmNotSent(tx, payoutId));
  }
}

/** A person names what Stripe has, and a look at it finds that it is so. */
async function confirm({ payoutId }: Payout): Promise<unknown> {
  const { unknownStep } = await readPayout(money.db, payoutId);
  const stripeId = `${unknownStep === 'payout' ? 'po' : 'tr'}_${payoutId.slice(7)}`;
  const named = await money.db.transaction().execute((tx) => confirmSent(tx, payoutId, stripeId));
  if (named !== 'done') return;
  return unknownStep === 'payout' ? money.sendOff(payoutId) : money.transfer(payoutId);
}

async function doubt(row: Payout): Promise<unknown> {
  if (row.status !== 'reserved' && row.status !== 'transferred') return;
  const step = row.status === 'reserved' ? 'transfer' : 'payout';
  const key = await money.send(row.payoutId, step);
  await recordUnknown(money.db, { key, error: {} });
  return recordNotFound(money.db, row, step);
}

/** Counts what breaks a rule that must hold whatever happened. */
async function noneOf(
  name: string,
  query: ReturnType<typeof sql<{ wrong: number }>>,
): Promise<void> {
  const { rows } = await query.execute(money.db);
  expect([name, rows[0]?.wrong]).toEqual([name, 0]);
}

async function checkPlaces({ sellerId }: World): Promise<void> {
  await noneOf(
    'each balance is the sum of its entries',
    sql`select count(*)::int as wrong from balances b where seller_id = ${sellerId} and amount <>
      (select coalesce(sum(case when to_place = b.place then amount else -amount end), 0)
        from ledger_entries where seller_id = b.seller_id and currency = b.currency
          and b.place in (from_place, to_place))`,
  );
  await noneOf(
    'what is owed is somewhere',
    sql`select coalesce(sum(amount), 0)::int as wrong from balances where seller_id = ${sellerId}`,
  );
  await noneOf(
    'no place is below nothing',
    sql`select count(*)::int as wrong from balances
      where seller_id = ${sellerId} and amount < 0 and place <> 'owed'`,
  );
}

async function checkPayouts({ sellerId }: World): Promise<void> {
  await noneOf(
    'an earning is given away as often as payouts carry it',
    sql`select count(*)::int as wrong from earnings e where seller_id = ${sellerId} and allocated <>
      (select coalesce(sum(amount), 0) from payout_items
        where earning_id = e.id and released_at is null)`,
  );
  await noneOf(
    'a payout carries exactly what its earnings say',
    sql`select count(*)::int as wrong from payouts p where seller_id = ${sellerId}
      and from_platform + from_account <>
        (select coalesce(sum(amount), 0) from payout_items where payout_id = p.id)`,
  );
  await noneOf(
    'what is not there yet is never given away',
    sql`select count(*)::int as wrong from earnings
      where seller_id = ${sellerId} and allocated > 0 and available_on > business_now()`,
  );
  await noneOf(
    'what is set aside or on its way belongs to the payouts in that state',
    sql`select count(*)::int as wrong from (values
        ('platform-reserved', (select coalesce(sum(from_platform), 0) from payouts
          where seller_id = ${sellerId} and status = 'reserved')),
        ('account-reserved', (select coalesce(sum(case when status = 'reserved' then from_account
            else from_account + from_platform end), 0) from payouts
          where seller_id = ${sellerId} and status in ('reserved', 'transferred'))),
        ('in-transit', (select coalesce(sum(from_account + from_platform), 0) from payouts
          where seller_id = ${sellerId} and status = 'sent')),
        ('bank', (select coalesce(sum(from_account + from_platform), 0) from payouts
          where seller_id = ${sellerId} and status in ('paid', 'settled')))
      ) as held(place, amount) where amount <>
        coalesce((select amount from balances where seller_id = ${sellerId}
          and currency = 'eur' and balances.place = held.place), 0)`,
  );
  await noneOf(
    'an attempt that succeeded is the one of its payout',
    sql`select count(*)::int as wrong from attempts a join payouts p on p.id = a.object_id
      where p.seller_id = ${sellerId} and a.state = 'succeeded' and a.stripe_id is distinct from
        case a.step when 'transfer' then p.transfer_id else p.stripe_payout_id end`,
  );
}

async function checkEvents({ sellerId }: World): Promise<void> {
  await noneOf(
    'an object counts its events from 1 without a gap',
    sql`select count(*)::int as wrong from (
      select max(sequence) <> count(*) or min(sequence) <> 1 as gap from events
      where seller_id = ${sellerId} group by object_id) as counted where gap`,
  );
  await noneOf(
    'each event goes on from the status of the one before',
    sql`select count(*)::int as wrong from (
      select data->>'previousStatus' as previous, lag(data->>'status')
        over (partition by object_id order by sequence) as last
      from events where seller_id = ${sellerId}) as told where previous is distinct from last`,
  );
  await noneOf(
    'the last event of a payout tells the status that its row has',
    sql`select count(*)::int as wrong from payouts where seller_id = ${sellerId}
      and status is distinct from (select data->>'status' from events
        where object_id = payouts.id order by sequence desc limit 1)`,
  );
}

test(
  'whatever happens, and however often and late, money is where the ledger says and none is paid twice',
  { timeout: 120_000 },
  async () => {
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 20, maxLength: 80 }), async (actions) => {
        const world: World = { sellerId: await money.seller(), payouts: [], read: new Map() };
        await money.earn(world.sellerId, 300_00);
        for (const one of actions) await act(world, one);
        await checkPlaces(world);
        await checkPayouts(world);
        await checkEvents(world);
        const rows = await Promise.all(world.payouts.map((id) => readPayout(money.db, id)));
        for (const { status, parked } of rows) reached.add(parked ?? status);
      }),
      { numRuns: 60, examples: [[wholeLife], [lifeThatComesBack], [lifeUntilSent]] },
    );
    // A property that never gets anywhere proves nothing.
    for (const state of ['sent', 'settled', 'failed']) {
      expect(reached).toContain(state);
    }
  },
);
