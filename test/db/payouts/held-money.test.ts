import * as fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { placeHold, releaseHold } from '../../../db/holds.ts';
import { reservePayout } from '../../../db/payouts/reservation.ts';
import { readPayout } from '../../../db/payouts/rows.ts';
import { recordPaid } from '../../../db/payouts/steps.ts';
import { recordMovements } from '../../../db/reconciliation/movements.ts';
import { recordReturn } from '../../../db/reconciliation/stopped-payouts.ts';
import { pauseSeller, resumeSeller } from '../../../db/sellers/pauses.ts';
import type { HoldId, PayoutId, SellerId } from '../../../domain/ids.ts';
import type { Payout } from '../../../domain/payouts/states.ts';
import type { Movement } from '../../../domain/reconciliation/movements.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../../build/money.ts';
import { movement } from '../reconciliation/lines.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase(10);
});
afterAll(() => money.db.destroy());

const steps = ['reserve', 'transfer', 'send', 'pay', 'fail'] as const;
type Step = (typeof steps)[number];
/** What may happen, in any order. Lines of the account's books are read late, twice or never. */
type Action =
  | { kind: 'earn'; amount: number }
  | { kind: 'hold' | 'order'; amount: number | null }
  | { kind: 'release' | 'pause' | 'resume' }
  | { kind: 'strange'; type: string; net: number; again: boolean }
  | { kind: 'read'; lines: number[] }
  | { kind: Step; which: number; twice: boolean };

const amount = fc.integer({ min: 1, max: 20_00 });
const of = <Kind extends string>(...kinds: Kind[]) => fc.constantFrom(...kinds);
const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: of('earn'), amount }) },
  { weight: 3, arbitrary: fc.record({ kind: of('hold', 'order'), amount: fc.option(amount) }) },
  { weight: 3, arbitrary: fc.record({ kind: of('release', 'release', 'pause', 'resume') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: of('strange'),
      type: of('charge', 'refund', 'adjustment', 'payout', 'payment', 'something_new'),
      net: fc.integer({ min: -5_00, max: 5_00 }),
      again: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: of('read'), lines: fc.array(fc.nat({ max: 20 })) }) },
  {
    weight: 16,
    arbitrary: fc.record({
      kind: of(...steps, ...steps, 'reserve'),
      which: fc.nat({ max: 2 }),
      twice: fc.boolean(),
    }),
  },
);

/** One seller's world, with the lines that Stripe's books have of it. */
type World = {
  sellerId: SellerId;
  payouts: PayoutId[];
  holds: HoldId[];
  lines: Movement[];
  /** What payouts waited for, and what became of them. */
  reached: Set<string>;
};

async function act(world: World, one: Action): Promise<void> {
  const { sellerId, payouts, holds, lines } = world;
  const { db } = money;
  const by = 'key_of_the_tests';
  switch (one.kind) {
    case 'earn':
      await money.earn(sellerId, one.amount);
      return;
    case 'order':
      payouts.push(await money.order(sellerId, one.amount));
      return;
    case 'hold': {
      const hold = { sellerId, source: 'risk', reason: 'odd', expiresAt: null } as const;
      const what = { amount: one.amount, currency: 'eur' };
      holds.push(
        (await db.transaction().execute((tx) => placeHold(tx, { ...hold, ...what }, by))).id,
      );
      return;
    }
    case 'release': {
      const holdId = holds.shift();
      if (!holdId) return;
      await db.transaction().execute((tx) => releaseHold(tx, { holdId, reason: 'fine', by }));
      return;
    }
    case 'pause':
      await db.transaction().execute((tx) => pauseSeller(tx, { sellerId, reason: 'odd', by }));
      return;
    case 'resume':
      await db.transaction().execute((tx) => resumeSeller(tx, { sellerId, reason: 'fine', by }));
      return;
    case 'strange':
      lines.push(movement(one.type, one.net));
      await read(sellerId, one.again ? lines.slice(-2) : lines.slice(-1));
      return;
    case 'read':
      await read(
        sellerId,
        one.lines.flatMap((index) => lines[index % lines.length] ?? []),
      );
      return;
    default:
      await step(world, one);
  }
}

const read = (sellerId: SellerId, lines: readonly Movement[]) =>
  recordMovements(money.db, sellerId, { lines, readAt: null });

async function step(world: World, { kind, which, twice }: Extract<Action, { twice: boolean }>) {
  const payoutId = world.payouts[which % Math.max(1, world.payouts.length)];
  if (!payoutId) return;
  const row = await readPayout(money.db, payoutId);
  const once = () => take(kind, row);
  const before = await fundsOf(world);
  await (twice ? Promise.all([once(), once()]) : once());
  const now = await readPayout(money.db, payoutId);
  if (row.status === 'requested' && now.status !== 'requested') expectUnheld(now, before);
  world.lines.push(...linesOf(row, now));
  world.reached.add(now.waitingFor ?? now.status);
}

async function take(kind: Step, row: Payout): Promise<unknown> {
  const { payoutId, stripePayoutId, status } = row;
  const sent = stripePayoutId && { ...row, stripePayoutId };
  switch (kind) {
    case 'reserve':
      return reservePayout(money.db, payoutId);
    case 'transfer':
      return status === 'reserved' && money.transfer(payoutId);
    case 'send':
      return status === 'transferred' && money.sendOff(payoutId);
    case 'pay':
      return sent && recordPaid(money.db, sent, 10);
    case 'fail':
      return sent && recordReturn(money.db, sent, { status: 'failed', failureCode: null });
  }
}

/** What the account's books have of a payout that went on. */
function linesOf(before: Payout, now: Payout): Movement[] {
  const { payoutId, transferId, stripePayoutId: source, fromPlatform, fromAccount } = now;
  if (before.status === now.status) return [];
  const carried = fromPlatform + fromAccount;
  if (now.status === 'transferred' && transferId !== null) {
    return [movement('payment', fromPlatform, { transfer: transferId, payoutId })];
  }
  if (now.status === 'sent') return [movement('payout', -carried, { source, payoutId })];
  const isBack = now.status === 'failed' || now.status === 'returned';
  return isBack ? [movement('payout_failure', carried, { source, payoutId })] : [];
}

/** What a payout may take at most, added up apart from the engine. */
async function fundsOf({ sellerId }: World) {
  const { rows } = await sql<{ free: number; held: number; isPaused: boolean }>`
    select (select coalesce(sum(amount), 0)::bigint from balances
        where seller_id = ${sellerId} and place in ('platform', 'account')) as free,
      (select coalesce(sum(coalesce(amount, 1000000000)), 0)::bigint from holds
        where seller_id = ${sellerId} and released_at is null) as held,
      paused_at is not null as "isPaused"
    from sellers where id = ${sellerId}
  `.execute(money.db);
  const [row] = rows;
  if (!row) throw new Error('the seller is gone');
  return row;
}

function expectUnheld(now: Payout, { free, held, isPaused }: Awaited<ReturnType<typeof fundsOf>>) {
  expect([now.status, isPaused]).toEqual([now.status, false]);
  const carried = now.fromPlatform + now.fromAccount;
  if (carried > 0) expect(carried).toBeLessThanOrEqual(free - held);
}

async function check({ sellerId }: World): Promise<void> {
  const { rows } = await sql<Record<string, number>>`
    select (select coalesce(sum(amount), 0)::int from balances where seller_id = ${sellerId})
        as "made or lost",
      (select count(*)::int from balances where seller_id = ${sellerId} and amount < 0
        and place not in ('owed', 'account', 'foreign')) as "places below nothing",
      (select greatest(0, coalesce(sum(from_platform), 0) - (select coalesce(sum(amount), 0)
          from earnings where seller_id = ${sellerId} and place = 'platform'))::int
        from payouts where seller_id = ${sellerId} and transfer_id is not null)
        as "transferred beyond what was earned",
      (select count(*)::int from (select from attempts join payouts on payouts.id = object_id
          where seller_id = ${sellerId} and state = 'succeeded'
          group by object_id, step having count(*) > 1) as twice) as "sent twice",
      (select count(*)::int from (select from ledger_entries where seller_id = ${sellerId}
          group by event_key having count(*) > 1) as twice) as "booked twice"
  `.execute(money.db);
  expect(rows[0]).toEqual({
    'made or lost': 0,
    'places below nothing': 0,
    'transferred beyond what was earned': 0,
    'sent twice': 0,
    'booked twice': 0,
  });
}

async function checkUnderstood({ sellerId }: World): Promise<void> {
  const open = await money.db
    .selectFrom('movements')
    .select(['id', 'type'])
    .where('seller_id', '=', sellerId)
    .where('standing', '<>', 'claimed')
    .where('net', '<>', 0)
    .execute();
  expect(open).toEqual([]);
}

const lifeOf = (which: number): Action[] => [
  { kind: 'order', amount: null },
  ...steps.map((kind) => ({ kind, which, twice: true })),
  { kind: 'read', lines: [2, 0, 1, 0] },
];

/** What came back goes out again from where it is. */
const lifeThatComesBack = [...lifeOf(0), ...lifeOf(1)];
const heldLife: Action[] = [
  { kind: 'hold', amount: null },
  { kind: 'order', amount: null },
  { kind: 'reserve', which: 0, twice: true },
  { kind: 'pause' },
  { kind: 'release' },
  { kind: 'reserve', which: 0, twice: true },
];
/** More is held than a seller could ever have. */
const heldManyTimes: Action[] = [
  ...Array.from({ length: 3 }, (): Action => ({ kind: 'hold', amount: null })),
  ...lifeOf(0),
];

test(
  'whatever is held, paused and moved by others, no order of it makes or loses a minor unit, transfers more than was earned or pays what is held',
  { timeout: 120_000 },
  async () => {
    const reached = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(action, { minLength: 20, maxLength: 60 }), async (actions) => {
        const world: World = {
          sellerId: await money.seller(),
          payouts: [],
          holds: [],
          lines: [],
          reached,
        };
        await money.earn(world.sellerId, 100_00);
        for (const one of actions) {
          await act(world, one);
          await check(world);
        }
        // Read to the end, everything that is ours is understood, and nothing is booked again.
        await read(world.sellerId, world.lines);
        await check(world);
        await checkUnderstood(world);
      }),
      { numRuns: 40, examples: [[lifeThatComesBack], [heldLife], [heldManyTimes]] },
    );
    // A property that never gets anywhere proves nothing.
    for (const state of ['hold', 'seller-paused', 'bank']) {
      expect(reached).toContain(state);
    }
  },
);
