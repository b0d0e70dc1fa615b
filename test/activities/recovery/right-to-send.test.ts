import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTurns } from '../../../activities/stripe/budget.ts';
import { claimRight, rightProduct } from '../../../activities/recovery/right-to-send.ts';
import { connect, type Db } from '../../../db/connect.ts';
import { listFailedChecks } from '../../../db/operations/checks.ts';
import { readOperations } from '../../../db/money-stops/rows.ts';
import { readUncompared, recordAlive } from '../../../db/recovery/comparison.ts';
import { takeRightOver } from '../../../db/recovery/right-to-send.ts';
import { withClient } from '../../../dev/servers/postgres.ts';
import { newId } from '../../../domain/ids.ts';
import { runActivity } from '../../build/activities.ts';
import { liftEveryStop, stopAllMoney } from '../../build/money.ts';
import { type Stage, startStage } from '../../build/stage.ts';

/** Who may send, where a database was copied, restored, or only started again. */
let stage: Stage;
const copies: Db[] = [];
beforeEach(async () => {
  stage = await startStage('transfer');
  await stage.db
    .updateTable('right_to_send')
    .set({ claimed_start: null, claimed_at: null, seen_at: null })
    .execute();
});
afterEach(async () => {
  await Promise.all(copies.splice(0).map((db) => db.destroy()));
  await stage.close();
});

const claim = (db: Db = stage.db, renew = false) => {
  const turns = createTurns(db, { all: 2000, endpoint: 2000, payouts: 2000 });
  return runActivity(() => claimRight({ stripe: stage.stripe, db, turns }, renew));
};

/** What a database looks like after PostgreSQL was started again. */
const startAgain = async (db: Db) => {
  await db
    .updateTable('right_to_send')
    .set({ claimed_start: 'before', next_start: 'before' })
    .execute();
};

/** Copies the database as it is now, as a copy of the stopped server's files would. */
async function copy(): Promise<Db> {
  const url = new URL(stage.databaseUrl);
  const name = newId('copy');
  const rows = await stage.db.selectFrom('right_to_send').selectAll().executeTakeFirstOrThrow();
  await withClient(stage.databaseUrl.replace(url.pathname, '/postgres'), async (client) => {
    await client.query(`create database ${name} template engine_template`);
  });
  url.pathname = `/${name}`;
  const db = connect(url.href, { connections: 3 });
  copies.push(db);
  await db.updateTable('right_to_send').set(rows).execute();
  await startAgain(db);
  return db;
}

const isStopped = async (db: Db = stage.db) => (await readOperations(db)).moneyStopped;

/** Lifts every stop, as an operator who takes the right over does. */
async function resume(db: Db = stage.db): Promise<void> {
  await db.transaction().execute((tx) => takeRightOver(tx));
  await liftEveryStop(db);
}

const reasonOfStop = async () => (await readOperations(stage.db)).stops[0]?.reason;
const shown = async () => (await stage.stripe.products.retrieve(rightProduct)).metadata['token'];
const disturb = (...rules: object[]) =>
  stage.disturb(...rules.map((rule) => ({ path: '/v1/products', ...rule })));

describe('the right to send', () => {
  test('is claimed before the first request of money, by one token without personal data', async () => {
    await stage.act();
    expect(await stage.made()).toHaveLength(1);
    const { metadata, active, name } = await stage.stripe.products.retrieve(rightProduct);
    expect(Object.keys(metadata)).toEqual(['token']);
    expect([active, name]).toEqual([false, expect.stringContaining('Do not delete')]);
  });

  test('is renewed without a person after a start, and after a lost answer of the renewal', async () => {
    await claim();
    const first = await shown();
    await startAgain(stage.db);
    await disturb({ kind: 'drop-after', count: 1 });
    await expect(claim()).rejects.toMatchObject({ type: 'StripeReadFailed' });
    await startAgain(stage.db);
    await claim();
    expect(await shown()).not.toBe(first);
    expect(await isStopped()).toBe(false);
  });

  test.each([
    ['an answer of 500 that Stripe keeps', { kind: 'status', status: 500, stored: true, count: 1 }],
    [
      'an answer of 500 of a renewal that was done',
      { kind: 'status', status: 500, stored: true, processed: true, count: 1 },
    ],
    ['a broken connection', { kind: 'drop-before', count: 1 }],
  ])('is renewed in the end after %s, also after a start', async (_what, fault) => {
    await claim();
    await disturb(fault);
    await claim(stage.db, true).catch(() => undefined);
    await startAgain(stage.db);
    await claim();
    expect(await isStopped()).toBe(false);
    await stage.act();
    expect(await stage.made()).toHaveLength(1);
  });

  test('is shared by the workers of one database', async () => {
    await claim();
    const other = connect(stage.databaseUrl, { connections: 2 });
    copies.push(other);
    for (let times = 0; times < 5; times += 1) {
      await Promise.all([claim(stage.db, true), claim(other, true), claim(other, true)]);
    }
    expect(await isStopped()).toBe(false);
  });

  test('of a replica that is a moment behind is renewed without a person', async () => {
    await claim();
    const replica = await copy();
    await claim(stage.db, true);
    await claim(replica);
    expect(await isStopped(replica)).toBe(false);
  });
});

describe('of a database and its copy', () => {
  test('that start at once, one sends and the other stops money', async () => {
    await claim();
    const db = await copy();
    await startAgain(stage.db);
    await Promise.all([claim(), claim(db)]);
    const stopped = [await isStopped(), await isStopped(db)];
    expect(stopped.filter(Boolean)).toHaveLength(1);
    await Promise.all([claim(), claim(db)]);
    expect([await isStopped(), await isStopped(db)]).toEqual(stopped);
  });

  test('that claim for the first time at once, one sends and the other stops money', async () => {
    const db = await copy();
    await Promise.all([claim(), claim(db)]);
    expect([await isStopped(), await isStopped(db)].filter(Boolean)).toHaveLength(1);
  });

  test('that was taken during a renewal, the later one stops money', async () => {
    await claim();
    await disturb({ kind: 'drop-after', count: 1 });
    await claim(stage.db, true).catch(() => undefined);
    const db = await copy();
    await startAgain(stage.db);
    await claim();
    await claim(db);
    expect([await isStopped(), await isStopped(db)]).toEqual([false, true]);
  });

  test('an old copy stops money when it starts, and says who sends since when and what to do', async () => {
    await claim();
    const old = await copy();
    for (let times = 0; times < 3; times += 1) await claim(stage.db, true);
    await claim(old);
    const [stop] = (await readOperations(old)).stops;
    expect([stop?.cause, stop?.stoppedBy]).toEqual(['right-to-send-lost', 'engine']);
    expect(stop?.reason).toMatch(
      /^Another engine took or renewed the right to send at 20.*Stop the other engine/,
    );
    expect(stop?.reason).toContain('POST /v1/operations/resume-money');
    expect(await isStopped()).toBe(false);
  });

  test('sends nothing after another engine took the right, and waits until money is resumed', async () => {
    await claim();
    const db = await copy();
    await claim(db);
    await stage.db.updateTable('right_to_send').set({ seen_at: '2020-01-01T00:00:00Z' }).execute();
    const payout = await stage.act();
    expect(payout).toMatchObject({ status: 'reserved', waitingFor: 'money-stopped' });
    expect(await stage.posts()).toEqual([]);
  });

  test('looks with each payday, even if it looked a moment ago', async () => {
    await claim();
    const db = await copy();
    await claim(db);
    await stage.db.updateTable('payouts').set({ payday: new Date().toISOString() }).execute();
    expect(await stage.act()).toMatchObject({ waitingFor: 'money-stopped' });
    expect(await stage.posts()).toEqual([]);
  });
});

describe('a person who resumes money', () => {
  test('takes the right over from the engine that was reported, and that engine stops', async () => {
    await claim();
    const db = await copy();
    await claim(db);
    await claim();
    await resume();
    await claim();
    await claim(db);
    expect([await isStopped(), await isStopped(db)]).toEqual([false, true]);
    await stage.act();
    expect(await stage.made()).toHaveLength(1);
  });

  test('has everything compared again that the other engine may have paid meanwhile', async () => {
    const readAlive = () => stage.db.selectFrom('operations').select('alive_at').execute();
    await claim();
    await recordAlive(stage.db);
    const alive = await readAlive();
    await claim(await copy());
    await claim();
    await recordAlive(stage.db);
    expect(await readAlive()).toEqual(alive);
    expect(await readUncompared(stage.db)).toBeUndefined();
    await resume();
    expect((await readUncompared(stage.db))?.since).toBeDefined();
  });

  test('does not take it from an engine that still renews it', async () => {
    await claim();
    const db = await copy();
    await claim(db);
    await claim();
    await claim(db, true);
    await resume();
    await claim();
    expect([await isStopped(), await isStopped(db)]).toEqual([true, false]);
  });

  test('leaves the stop of another person in place, and the engine’s reason stays one', async () => {
    await claim();
    const db = await copy();
    await claim(db);
    const fraud = await stopAllMoney(stage.db, { reason: 'Fraud wave, do not resume.' });
    await claim();
    const found = (await readOperations(stage.db)).stops;
    expect(found).toMatchObject([
      { id: fraud, cause: 'operator', reason: 'Fraud wave, do not resume.' },
      { cause: 'right-to-send-lost', reason: expect.stringMatching(/^Another engine took/) },
    ]);
    await claim(db, true);
    await claim();
    const later = (await readOperations(stage.db)).stops;
    expect(later.map(({ id }) => id)).toEqual(found.map(({ id }) => id));
    expect(later[1]?.confirmedAt).not.toBe(found[1]?.confirmedAt);
    expect(later[0]).toEqual(found[0]);
  });

  test('has a removed product made again', async () => {
    await claim();
    await disturb({ kind: 'status', method: 'GET', status: 404, count: 1 });
    await claim();
    expect(await reasonOfStop()).toContain(`${rightProduct}, which shows`);
    await resume();
    await expect(claim()).resolves.toBeUndefined();
    // The product is there after all, with a token that nobody here knows any more.
    expect(await isStopped()).toBe(true);
    await resume();
    await claim();
    expect(await isStopped()).toBe(false);
  });
});

describe('a key that may not see products', () => {
  const refused = { kind: 'status', status: 403, count: 100 };

  test('sends if it never could, and a failed check names the permission', async () => {
    await disturb({ ...refused, method: 'GET' });
    await stage.act();
    expect(await stage.made()).toHaveLength(1);
    const [check] = await listFailedChecks(stage.db);
    expect(check?.remedy).toContain('"Products: write"');
  });

  test.each(['GET', 'POST'])('any more (%s) stops money until a person decides', async (method) => {
    await claim();
    await disturb({ ...refused, method });
    await claim(stage.db, true);
    expect(await reasonOfStop()).toContain('"Products: write"');
    await resume();
    await stage.act();
    expect(await stage.made()).toHaveLength(1);
    expect(await listFailedChecks(stage.db)).toHaveLength(1);
    await stage.disturb();
    await claim(stage.db, true);
    expect(await listFailedChecks(stage.db)).toEqual([]);
    expect(await isStopped()).toBe(false);
  });
});

test('while Stripe does not answer, nothing is sent and nothing is decided', async () => {
  await disturb({ kind: 'drop-before', method: 'GET', count: 100 });
  await expect(stage.act()).rejects.toMatchObject({ type: 'StripeReadFailed' });
  expect(await stage.posts()).toEqual([]);
  expect(await isStopped()).toBe(false);
});
