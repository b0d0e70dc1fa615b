import { sql } from 'kysely';
import { afterEach, expect, test } from 'vitest';
import { noteBehindStripe, noteStart } from '../../../activities/recovery/starts.ts';
import { createApiKey } from '../../../db/api-keys.ts';
import { connect, type Db } from '../../../db/connect.ts';
import { listEvents } from '../../../db/events.ts';
import { stopMoney } from '../../../db/money-stops/orders.ts';
import { readOperations } from '../../../db/money-stops/rows.ts';
import { listFailedChecks } from '../../../db/operations/checks.ts';
import { readUncompared, recordAlive } from '../../../db/recovery/comparison.ts';
import { acknowledgeLoss, listPossibleLosses, listStarts } from '../../../db/recovery/starts.ts';
import { until } from '../../../dev/wait.ts';
import { newId } from '../../../domain/ids.ts';
import { startMoneyDatabase } from '../../build/money.ts';
import { ownPostgres } from '../../servers/own-servers.ts';

const long = { timeout: 240_000 };

const opened: Db[] = [];
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const db of opened.splice(0)) await db.destroy();
  for (const stop of stops.splice(0)) await stop();
});

function open(url: string): Db {
  const db = connect(url, { connections: 2 });
  opened.push(db);
  return db;
}

/** A server that the engine has used for a while. */
async function startUsed() {
  const server = await ownPostgres();
  stops.push(server.stop);
  const db = open(server.url);
  await noteStart(db);
  await sql`update operations set compared_start = postgres_start()`.execute(db);
  await recordAlive(db);
  return { server, db };
}

/** The next look of the engine, on connections to a server that started again. */
async function look(url: string): Promise<Db> {
  const db = open(url);
  await until('the server answers', () =>
    sql`select 1`.execute(db).then(
      () => true,
      () => false,
    ),
  );
  await noteStart(db);
  return db;
}

async function readNow(db: Db): Promise<string> {
  const { rows } = await sql<{ now: string }>`select clock_timestamp() as now`.execute(db);
  return rows[0]?.now ?? '';
}

async function stopAll(db: Db): Promise<string> {
  await db.transaction().execute(async (tx) => {
    const { id } = await createApiKey(tx, { key: 'of an operator', name: 'o', role: 'admin' });
    await stopMoney(tx, { cause: 'operator', reason: 'fraud wave', by: id });
  });
  return readNow(db);
}

const failedNames = async (db: Db) => (await listFailedChecks(db)).map(({ name }) => name);

test(
  'a replica that is promoted a second late says what it may have lost, until a person has looked',
  long,
  async () => {
    const { server, db: before } = await startUsed();
    const replica = await server.replicate();
    stops.push(replica.stop);
    const primary = await look(server.url);
    expect(await listPossibleLosses(primary)).toEqual([]);
    const last = await readNow(primary);
    await sql`insert into checks values ('last-received', true, '')`.execute(primary);
    const follower = open(replica.url);
    await until('the replica has the last change', async () => {
      const { rows } = await sql`select from checks where name = 'last-received'`.execute(follower);
      return rows.length === 1;
    });
    await replica.cutOff();
    const stoppedAt = await stopAll(primary);
    await server.stop();
    await replica.promote();

    const db = await look(replica.url);
    expect((await readOperations(db)).moneyStopped).toBe(false);
    const [loss, ...more] = await listPossibleLosses(db);
    expect([loss?.cause, more]).toEqual(['new-timeline', []]);
    const { id, from = '', until: end = '' } = loss ?? {};
    expect(from <= stoppedAt && stoppedAt <= end, `${from} ${stoppedAt} ${end}`).toBe(true);
    expect(Date.parse(from)).toBeGreaterThan(Date.parse(last) - 2000);
    const events = await listEvents(db, { order: 'newest-first', limit: 1 });
    expect(events).toMatchObject([
      {
        type: 'operations.changes_may_be_lost',
        data: { reason: 'new-timeline', lost: { from, until: end } },
      },
    ]);
    const [failed] = await listFailedChecks(db);
    expect(failed).toMatchObject({
      name: 'nothing-lost',
      remedy: expect.stringContaining(`${id}/`),
    });
    const { compared_start } = await db
      .selectFrom('operations')
      .select('compared_start')
      .executeTakeFirstOrThrow();
    expect(compared_start).toBeNull();

    await db.transaction().execute(async (tx) => {
      const by = 'key_1' as const;
      await acknowledgeLoss(tx, { startId: id as `start_${string}`, by, reason: 'stopped again' });
    });
    await noteStart(db);
    expect(await failedNames(db)).toEqual([]);
    await replica.restart();
    expect(await failedNames(await look(replica.url))).toEqual([]);
    await before.destroy();
  },
);

test(
  'neither a clean restart nor a crash of the same server says that anything was lost',
  long,
  async () => {
    const { server } = await startUsed();
    await server.backUp(); // stops and starts
    expect(await failedNames(await look(server.url))).toEqual([]);
    await server.restart(); // kills
    const db = await look(server.url);
    expect(await failedNames(db)).toEqual([]);
    expect((await listStarts(db)).map(({ cause }) => cause)).toEqual([null, null, null]);
  },
);

test(
  'a server that acknowledges before it has written may have lost the last changes',
  long,
  async () => {
    const { server, db } = await startUsed();
    await sql`alter system set synchronous_commit = 'off'`.execute(db);
    await sql`select pg_reload_conf()`.execute(db);
    const last = await readNow(db);
    await server.restart();
    const [loss] = await listPossibleLosses(await look(server.url));
    expect(loss).toMatchObject({ cause: 'not-durable' });
    expect((loss?.until ?? '') > last).toBe(true);
  },
);

test(
  'data that was copied into another database may have lost what happened since',
  long,
  async () => {
    const { server, db } = await startUsed();
    await db.destroy();
    const admin = open(server.url.replace(/\/engine$/, '/postgres'));
    await sql`create database restored template engine`.execute(admin);
    const restored = await look(server.url.replace(/\/engine$/, '/restored'));
    expect(await listPossibleLosses(restored)).toMatchObject([{ cause: 'other-data' }]);
    expect(await readUncompared(restored)).toBeDefined();
    await noteStart(restored);
    expect(await listPossibleLosses(restored)).toHaveLength(1);
  },
);

test('a database that does not know what Stripe made has lost changes, and a check says so', async () => {
  const { db } = await startMoneyDatabase();
  opened.push(db);
  await noteStart(db);
  await recordAlive(db);
  await noteBehindStripe(db);
  expect(await listPossibleLosses(db)).toEqual([]);
  await db
    .insertInto('adoptions')
    .values({
      stripe_id: newId('tr'),
      step: 'transfer',
      payout_id: newId('payout'),
      stripe_account: 'acct_1',
      amount: 1,
      currency: 'eur',
      created_at: '2026-01-02T00:00:00.000Z',
    })
    .execute();
  await noteBehindStripe(db);
  expect(await listPossibleLosses(db)).toMatchObject([{ cause: 'behind-stripe' }]);
  expect(await failedNames(db)).toContain('nothing-lost');
});
