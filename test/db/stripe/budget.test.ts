import { describe, expect, test } from 'vitest';
import { createTurns } from '../../../activities/stripe/budget.ts';
import { connect, type Db } from '../../../db/connect.ts';
import { type Pace, takeSlots } from '../../../db/stripe/budget.ts';
import { createTestDatabase } from '../../servers/environment.ts';
import { until } from '../../../dev/wait.ts';

const pace = (name: string, spacingMs: number) => ({ name, spacingMs });

/** A slot as its taker knows it: between the moments at which it asked and was answered. */
type Taken = { earliest: number; latest: number };

async function take(db: Db, spacingMs: number): Promise<Taken> {
  const asked = performance.now();
  const at = await takeSlots(db, [pace('one', spacingMs)]);
  return { earliest: at - (performance.now() - asked), latest: at };
}

/** How long until the slot that is taken now; 0 when it is there. */
async function waitFor(db: Db, ...paces: Pace[]): Promise<number> {
  return Math.max(0, (await takeSlots(db, paces)) - performance.now());
}

describe('a pace', () => {
  test('is kept by several connections together: no two slots are closer than the spacing', async () => {
    const url = await createTestDatabase();
    const processes = Array.from({ length: 4 }, () => connect(url, { connections: 3 }));
    const spacingMs = 40;
    const taken = await Promise.all(
      Array.from({ length: 48 }, (_, n) => take(processes[n % 4] ?? processes[0]!, spacingMs)),
    );
    taken.sort((left, right) => left.latest - right.latest);
    const first = taken[0];
    const last = taken.at(-1);
    if (!first || !last) throw new Error('nothing was taken');
    expect(last.latest - first.earliest).toBeGreaterThanOrEqual(47 * spacingMs);
    // Within any window no more slots than fit: what the taker knows is a little late, never early.
    for (const [at, { latest }] of taken.entries()) {
      const before = taken.slice(0, at + 1).filter((one) => one.earliest > latest - spacingMs * 5);
      expect(before.length).toBeLessThanOrEqual(6);
    }
    await Promise.all(processes.map((db) => db.destroy()));
  });

  test('gives the slots of one connection out exactly one spacing apart', async () => {
    const db = connect(await createTestDatabase(), { connections: 1 });
    const readNext = async () => {
      const row = await db
        .selectFrom('budget_slots')
        .select('next_at')
        .where('name', '=', 'one')
        .executeTakeFirstOrThrow();
      return Date.parse(row.next_at);
    };
    await takeSlots(db, [pace('one', 50_000)]);
    const first = await readNext();
    await takeSlots(db, [pace('one', 50_000)]);
    expect(await readNext()).toBe(first + 50_000);
    await db.destroy();
  });

  test('is not saved up while nobody calls', async () => {
    const db = connect(await createTestDatabase(), { connections: 1 });
    await takeSlots(db, [pace('one', 60_000)]);
    await db.updateTable('budget_slots').set({ next_at: '2020-01-01T00:00:00.000Z' }).execute();
    expect(await waitFor(db, pace('one', 60_000))).toBe(0);
    expect(await waitFor(db, pace('one', 60_000))).toBeGreaterThan(30_000);
    await db.destroy();
  });

  test('does not wait for a clock that was ahead and was set back', async () => {
    const db = connect(await createTestDatabase(), { connections: 1 });
    await takeSlots(db, [pace('one', 40)]);
    const ahead = new Date(Date.now() + 3_600_000).toISOString();
    await db.updateTable('budget_slots').set({ next_at: ahead }).execute();
    expect(await waitFor(db, pace('one', 40))).toBeLessThan(1000);
    const backlog = new Date(Date.now() + 60_000).toISOString();
    await db.updateTable('budget_slots').set({ next_at: backlog }).execute();
    expect(await waitFor(db, pace('one', 40))).toBeGreaterThan(30_000);
    await db.destroy();
  });

  test('waits for the slowest of those that are asked', async () => {
    const db = connect(await createTestDatabase(), { connections: 1 });
    const both = [pace('all', 10), pace('endpoint', 60_000)];
    expect(await waitFor(db, ...both)).toBe(0);
    expect(await waitFor(db, ...both)).toBeGreaterThan(30_000);
    expect(await waitFor(db, pace('all', 10))).toBeLessThan(30_000);
    await db.destroy();
  });

  test('asked in any order by many at once makes nobody wait in a ring', async () => {
    const db = connect(await createTestDatabase(), { connections: 10 });
    const both = [pace('a', 0.01), pace('b', 0.01)];
    const waits = await Promise.all(
      Array.from({ length: 200 }, (_, n) => takeSlots(db, n % 2 ? both : both.toReversed())),
    );
    expect(waits).toHaveLength(200);
    await db.destroy();
  });
});

describe('a turn', () => {
  const budgets = { all: 1000, endpoint: 10, payouts: 10 };
  const endpoint = 'POST /v1/payouts';
  const takenOf = async (db: Db, name: string) => {
    const row = await db
      .selectFrom('budget_slots')
      .select('next_at')
      .where('name', '=', name)
      .executeTakeFirst();
    return row && Date.parse(row.next_at);
  };

  test('comes with its slot, and takes no other', async () => {
    const db = connect(await createTestDatabase(), { connections: 1 });
    const { paces, wait } = createTurns(db, budgets);
    // Its slots stay good for longer than this machine stands still.
    const transfers = 'POST /v1/transfers';
    await until('this machine stood still at no slot', async () => {
      const slotAt = await takeSlots(db, paces(transfers));
      const taken = await takenOf(db, transfers);
      // The second of two, so that there is something to wait for.
      await wait(transfers, slotAt + 100);
      const late = performance.now() - (slotAt + 100);
      expect(late).toBeGreaterThanOrEqual(0);
      if (late > 100) return false;
      expect(await takenOf(db, transfers)).toBe(taken);
      return true;
    });
    await db.destroy();
  });

  test('that was missed while the process stood still is not made up for: another is taken', async () => {
    const db = connect(await createTestDatabase(), { connections: 1 });
    const { paces, wait } = createTurns(db, budgets);
    await takeSlots(db, paces(endpoint));
    const slots: number[] = [];
    while (slots.length < 3) slots.push(await takeSlots(db, paces(endpoint)));
    const turns = slots.map((slotAt) => wait(endpoint, slotAt).then(() => performance.now()));
    const until = Math.max(...slots) + 200;
    while (performance.now() < until); // as a worker does that gets no processor
    const [first = 0, second = 0, third = 0] = (await Promise.all(turns)).toSorted((a, b) => a - b);
    expect(first).toBeGreaterThanOrEqual(until);
    expect(second - first).toBeGreaterThan(60);
    expect(third - second).toBeGreaterThan(60);
    await db.destroy();
  });
});
