import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Tx } from '../../db/connect.ts';
import { type EventRecord, keepEventOrder, listEvents } from '../../db/events.ts';
import { migrate } from '../../db/migrate.ts';
import type { EventId, SellerId } from '../../domain/ids.ts';
import { type MoneyDatabase, startMoneyDatabase } from '../build/money.ts';
import { until } from '../../dev/wait.ts';

let money: MoneyDatabase;
beforeAll(async () => {
  money = await startMoneyDatabase();
});
afterAll(() => money.db.destroy());

/** A transaction that stays open until it is told to end. */
async function begin() {
  const tx = await money.db.startTransaction().execute();
  return { tx: tx as Tx, commit: () => tx.commit().execute() };
}

async function rename(db: Tx | MoneyDatabase['db'], sellerId: SellerId, name: string) {
  await db.updateTable('sellers').set({ display_name: name }).where('id', '=', sellerId).execute();
}

/** Reads on from an event, page by page of one, as a careful reader does. */
async function readOn(after?: EventId): Promise<EventRecord[]> {
  const events = await listEvents(money.db, { order: 'oldest-first', after, limit: 1 });
  if (events === 'unknown-cursor') throw new Error('the cursor is unknown');
  const [first] = events;
  return first ? [first, ...(events.length > 1 ? await readOn(first.id) : [])] : [];
}

/** What other tests write on this server ends soon; until then nothing newer is told. */
async function readUntil(count: number, after: EventId | undefined): Promise<EventRecord[]> {
  return until(`${count} events are told`, async () => {
    const events = await readOn(after);
    return events.length >= count && events;
  });
}

/** The newest event, once the first of each of these sellers is told. */
async function newestOnceTold(sellers: readonly SellerId[]): Promise<EventId | undefined> {
  return until('the sellers are told', async () => {
    const events = await readOn();
    const told = new Set(events.map(({ object }) => object.id));
    return sellers.every((id) => told.has(id)) && events.at(-1)?.id;
  });
}

const nameless = { type: 'seller.changed' };

test('an event committed late is never written behind a reader', async () => {
  const first = await money.seller();
  const second = await money.seller();
  const start = await newestOnceTold([first, second]);
  const early = await begin();
  await rename(early.tx, first, 'early');
  const late = await begin();
  await rename(late.tx, second, 'late');
  await late.commit();
  // Committed, and still not told: what began before it may come yet.
  expect(await readOn(start)).toEqual([]);
  await early.commit();
  const told = await readUntil(2, start);
  expect(told).toMatchObject([
    { ...nameless, object: { id: first } },
    { ...nameless, object: { id: second } },
  ]);
  expect(await readOn(told.at(-1)?.id)).toEqual([]);
});

test('events of one object are told in their sequence, whichever transaction began first', async () => {
  const other = await money.seller();
  const sellerId = await money.seller();
  const start = await newestOnceTold([other, sellerId]);
  const long = await begin();
  await rename(long.tx, other, 'began first');
  await rename(money.db, sellerId, 'two');
  await rename(long.tx, sellerId, 'three');
  await long.commit();
  const told = (await readUntil(3, start)).filter(({ object }) => object.id === sellerId);
  expect(told.map(({ sequence }) => sequence)).toEqual([2, 3]);
});

test('a reader among many writers gets every event once and each object in sequence', async () => {
  const sellers = await Promise.all(Array.from({ length: 6 }, () => money.seller()));
  const shared = sellers.slice(4);
  let after = await newestOnceTold(sellers);
  const told: EventRecord[] = [];
  const look = async () => {
    const events = await readOn(after);
    told.push(...events);
    after = events.at(-1)?.id ?? after;
  };
  const writes = sellers.slice(0, 4).map(async (own, writer) => {
    for (let time = 0; time < 40; time += 1) {
      await money.db.transaction().execute(async (tx) => {
        // Its own first, then some that all write: begun early, it may wait and end late.
        for (const id of [own, ...shared.slice(0, (time + writer) % 3)]) {
          await rename(tx, id, `${writer}-${time}`);
        }
      });
    }
  });
  const writing = new Set(writes);
  const ends = writes.map((one) => one.finally(() => writing.delete(one)));
  while (writing.size > 0) await look();
  await Promise.all(ends);
  await until('all is told', async () => {
    await look();
    const { count } = await money.db
      .selectFrom('events')
      .select((of) => of.fn.countAll<number>().as('count'))
      .where('object_id', 'in', sellers)
      .where('sequence', '>', 1)
      .executeTakeFirstOrThrow();
    return told.length >= count;
  });
  for (const id of sellers) {
    const sequences = told.filter(({ object }) => object.id === id).map((one) => one.sequence);
    expect(sequences).toEqual(sequences.map((_one, index) => index + 2));
  }
});

test('what is rolled back is not told and leaves no gap', async () => {
  const sellerId = await money.seller();
  const gone = money.db.transaction().execute(async (tx) => {
    await rename(tx, sellerId, 'gone');
    throw new Error('no');
  });
  await expect(gone).rejects.toThrow('no');
  await rename(money.db, sellerId, 'stays');
  const rows = await money.db
    .selectFrom('events')
    .select(['type', 'sequence'])
    .where('object_id', '=', sellerId)
    .orderBy('sequence')
    .execute();
  expect(rows).toEqual([
    { type: 'seller.created', sequence: 1 },
    { type: 'seller.changed', sequence: 2 },
  ]);
});

test.each([
  ['changed', "update events set type = 'seller.closed'"],
  ['deleted', 'delete from events'],
  ['emptied', 'truncate events'],
])('events are never %s', async (_how, statement) => {
  await money.seller();
  await expect(sql.raw(statement).execute(money.db)).rejects.toThrow('append-only');
});

test.each([
  'discrepancies',
  'earning_changes',
  'events',
  'holds',
  'ledger_entries',
  'money_stops',
  'seller_pauses',
])('the history in %s is never deleted, not even while it is empty', async (table) => {
  for (const statement of [`delete from ${table}`, `truncate ${table} cascade`])
    await expect(sql.raw(statement).execute(money.db)).rejects.toThrow('append-only');
});

test('a cursor that stands nowhere is said to, not skipped over', async () => {
  const after = 'evt_00000000000000000000';
  const events = await listEvents(money.db, { order: 'oldest-first', after, limit: 1 });
  expect(events).toBe('unknown-cursor');
});

test('restored into a server that counts from the beginning, new events come behind the old', async () => {
  const restored = await startMoneyDatabase();
  try {
    const { db } = restored;
    const sellerId = await restored.seller();
    // As written by a server that had counted far beyond this one.
    const far = 5_000_000_000;
    await sql`
      insert into events (type, object_id, seller_id, sequence, turn, data)
      select 'seller.changed', object_id, seller_id, 2, turn + ${far}, data from events
      where object_id = ${sellerId}
    `.execute(db);
    await migrate(restored.databaseUrl);
    const other = await restored.seller();
    const told = await until('the new event is told', async () => {
      const events = await listEvents(db, { order: 'oldest-first', limit: 10 });
      return events.length > 2 && events !== 'unknown-cursor' && events;
    });
    expect(told.map(({ object, sequence }) => [object.id, sequence])).toEqual([
      [sellerId, 1],
      [sellerId, 2],
      [other, 1],
    ]);
    const { added } = await db.selectFrom('event_order').select('added').executeTakeFirstOrThrow();
    expect(added).toBeGreaterThan(far / 2);
    await keepEventOrder(db);
    expect(await db.selectFrom('event_order').select('added').execute()).toEqual([{ added }]);
  } finally {
    await restored.db.destroy();
  }
});
