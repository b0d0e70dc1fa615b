import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { readOperations } from '../../db/money-stops/rows.ts';
import { noteUnknownMade } from '../../db/recovery/comparison.ts';
import { readLostRight, readRight, recordRightLost } from '../../db/recovery/right-to-send.ts';
import type { Db } from '../../db/connect.ts';
import { clearTry } from '../../db/stripe/attempts.ts';
import { newId } from '../../domain/ids.ts';
import { openAttempt } from '../build/money.ts';
import { until } from '../../dev/wait.ts';
import {
  asCaller,
  createTestApp,
  insertPayout,
  insertSeller,
  keys,
  problemOf,
  readWakeUps,
  waitingHere,
} from './plumbing.ts';

const stop = '/v1/operations/stop-money';
const resume = '/v1/operations/resume-money';

function order(idempotencyKey: string, reason = 'the books differ'): RequestInit {
  return asCaller({ body: { reason }, idempotencyKey });
}

let lifts = 0;
function lift(stopId: string | undefined, key: string = keys.admin): RequestInit {
  const body = { reason: 'asked first', ...(stopId !== undefined && { stopId }) };
  return asCaller({ key, body, idempotencyKey: `lift-${(lifts += 1)}` });
}

const causesOf = async (db: Db) => (await readOperations(db)).stops.map(({ cause }) => cause);

/** A person dismissed everything that was found. */
async function closeAdoptions(db: Db): Promise<void> {
  const closed = {
    closed_at: sql<string>`now()`,
    closed_by: 'key_1',
    outcome: 'dismissed',
  } as const;
  await db.updateTable('adoptions').set(closed).execute();
}

const lost = {
  stripeId: 'tr_lost',
  step: 'transfer',
  payoutId: newId('payout'),
  stripeAccount: 'acct_1',
  amount: 1000,
  currency: 'eur',
  createdAt: '2026-11-01T00:00:00.000Z',
} as const;

describe('stopping money', () => {
  test('lets money move until somebody stops it', async () => {
    const { app } = await createTestApp();
    const answer = await app.request('/v1/operations', asCaller({ key: keys.read }));
    expect(await answer.json()).toMatchObject({ moneyStopped: false, stops: [], lifted: [] });
  });

  test('says who stopped money and why, and no request is sent any more', async () => {
    const { app, db } = await createTestApp();
    const admin = await db
      .selectFrom('api_keys')
      .select('id')
      .where('name', '=', 'shop')
      .executeTakeFirstOrThrow();
    const answer = await app.request(stop, order('1'));
    expect(answer.status).toBe(200);
    const own = { cause: 'operator', reason: 'the books differ', stoppedBy: admin.id };
    const stopped = { moneyStopped: true, stops: [{ ...own, stoppedByName: 'shop' }] };
    expect(await answer.json()).toMatchObject(stopped);
    const read = await app.request('/v1/operations', asCaller({ key: keys.read }));
    expect(await read.json()).toMatchObject({ ...stopped, lifted: [] });

    const asked = { step: 'transfer', account: null, apiVersion: 'v', request: {} };
    const { key } = await openAttempt(db, { objectId: 'payout_1', ...asked });
    expect((await clearTry(db, key, [])).clearance).toBe('money-stopped');
    await app.request(resume, order('2', 'they agree'));
    expect((await clearTry(db, key, [])).clearance).toBe('send');
  });

  test.each<[problem: string, request: RequestInit]>([
    ['403 forbidden', asCaller({ key: keys.read, body: { reason: 'x' }, idempotencyKey: '1' })],
    ['400 idempotency-key-missing', asCaller({ body: { reason: 'x' } })],
    ['400 invalid-request', asCaller({ body: {}, idempotencyKey: '1' })],
    ['400 invalid-request', asCaller({ body: { reason: '' }, idempotencyKey: '1' })],
  ])('is not moved by a request that is answered %s', async (problem, request) => {
    const { app } = await createTestApp();
    expect(await problemOf(await app.request(stop, request))).toBe(problem);
    const { moneyStopped } = (await (await app.request('/v1/operations', asCaller())).json()) as {
      moneyStopped: boolean;
    };
    expect(moneyStopped).toBe(false);
  });
});

describe('a used Idempotency-Key', () => {
  test('stops money again under a used key, and the answer says so', async () => {
    const { app, db } = await createTestApp();
    await app.request(stop, order('1'));
    await app.request(resume, order('2'));
    const again = await app.request(stop, order('1'));
    expect(again.headers.get('idempotent-replayed')).toBeNull();
    expect(await again.json()).toMatchObject({
      replayed: { actedAgain: true, now: { object: 'money', state: 'stopped' } },
      moneyStopped: true,
    });
    expect(await causesOf(db)).toEqual(['operator']);
  });

  test('never resumes money again, and the answer begins with what is the case now', async () => {
    const { app, db } = await createTestApp();
    await app.request(stop, order('1'));
    await app.request(resume, order('2'));
    await app.request(stop, order('3', 'fraud'));
    const again = await app.request(resume, order('2'));
    const text = await again.text();
    expect(text).toMatch(/^\{"replayed":/);
    expect(JSON.parse(text)).toMatchObject({
      replayed: {
        actedAgain: false,
        now: { object: 'money', state: 'stopped' },
        says: expect.stringMatching(/Nothing was done again\..*Now: All money is stopped/),
      },
      moneyStopped: false,
    });
    expect(await causesOf(db)).toEqual(['operator']);
  });
});

describe('resuming', () => {
  test('waits for what is just being found at Stripe, and is then refused', async () => {
    const { app, db } = await createTestApp();
    await db.transaction().execute((tx) => noteUnknownMade(tx, [lost]));
    await closeAdoptions(db);
    const stopId = (await readOperations(db)).stops[0]?.id;
    const answer = await db.transaction().execute(async (tx) => {
      await noteUnknownMade(tx, [{ ...lost, stripeId: 'tr_found_now' }]);
      const resumed = app.request(resume, lift(stopId));
      await until('it waits for the stop', async () => {
        return (await sql.raw(waitingHere).execute(db)).rows.length > 0;
      });
      return { resumed };
    });
    expect(await problemOf(await answer.resumed)).toBe('409 recovery-open');
    expect(await causesOf(db)).toEqual(['unknown-at-stripe']);
  });

  test('takes the right to send over only by the stop about the right', async () => {
    const { app, db } = await createTestApp();
    await app.request(stop, order('1'));
    const right = { to: 'of another engine', reason: 'Another engine took the right to send.' };
    await recordRightLost(db, await readRight(db), right);
    const [operators, engines] = (await readOperations(db)).stops;
    expect(engines).toMatchObject({ cause: 'right-to-send-lost', stoppedBy: 'engine' });
    await app.request(resume, lift(operators?.id));
    expect(await readLostRight(db)).toBe('Another engine took the right to send.');
    await app.request(resume, lift(engines?.id));
    expect(await readRight(db)).toMatchObject({ token: 'of another engine', isDue: true });
    expect(await readLostRight(db)).toBeNull();
  });

  test('wakes what waited for it, and nothing else', async () => {
    const { app, db, woken } = await createTestApp();
    const sellerId = await insertSeller(db);
    const stopped = await insertPayout(db, sellerId, { waiting_for: 'money-stopped' });
    await insertPayout(db, sellerId, { waiting_for: 'bank-details' });
    await app.request(stop, order('1'));
    expect(await readWakeUps(db)).toEqual({});
    woken.times = 0;
    await app.request(resume, order('2'));
    expect(await readWakeUps(db)).toEqual({ [`payout/${stopped}`]: ['payouts'] });
    expect(woken.times).toBe(1);
  });
});

describe('several stops', () => {
  /** Money that an operator stopped and that the engine then stopped, too. */
  async function stoppedTwice() {
    const { app, db, woken } = await createTestApp();
    const fraud = { reason: 'fraud wave, do not resume' };
    await app.request(stop, asCaller({ key: keys.other, body: fraud, idempotencyKey: '1' }));
    await db.transaction().execute((tx) => noteUnknownMade(tx, [lost]));
    const [operators, engines] = (await readOperations(db)).stops;
    return { app, db, woken, operators, engines };
  }

  test('all count: the engine’s own stop leaves the operator’s reason in place', async () => {
    const { app, operators } = await stoppedTwice();
    expect(operators).toMatchObject({ stoppedByName: 'back office' });
    const shown = await (await app.request('/v1/operations', asCaller())).json();
    expect(shown).toMatchObject({
      moneyStopped: true,
      stops: [
        { reason: 'fraud wave, do not resume', ask: expect.stringContaining('"back office"') },
        { cause: 'unknown-at-stripe', ask: expect.stringContaining('Stopped by the engine') },
      ],
    });
  });

  test('are lifted one by one: money moves, and payouts wake, with the last', async () => {
    const { app, db, operators, engines } = await stoppedTwice();
    const waiting = await insertPayout(db, await insertSeller(db), {
      waiting_for: 'money-stopped',
    });
    await closeAdoptions(db);
    const first = await app.request(resume, lift(engines?.id));
    expect(await first.json()).toMatchObject({
      moneyStopped: true,
      liftedStopId: engines?.id,
      stops: [{ id: operators?.id, reason: 'fraud wave, do not resume' }],
    });
    expect(await readWakeUps(db)).toEqual({});
    const last = await app.request(resume, lift(operators?.id));
    expect(await last.json()).toMatchObject({ moneyStopped: false, stops: [] });
    expect(await readWakeUps(db)).toEqual({ [`payout/${waiting}`]: ['payouts'] });
  });

  test('are listed by the refusal of a request that names none, and none is lifted', async () => {
    const { app, db, operators, engines } = await stoppedTwice();
    const refused = await app.request(resume, lift(undefined));
    expect(await refused.json()).toMatchObject({
      type: '/problems/money-stop-not-named',
      status: 409,
      detail: expect.stringContaining('fraud wave, do not resume'),
      stops: [{ id: operators?.id }, { id: engines?.id }],
    });
    expect(await causesOf(db)).toEqual(['operator', 'unknown-at-stripe']);
  });

  test('of two operators stay two, even if one resumes what the other stopped', async () => {
    const { app, db } = await createTestApp();
    await app.request(stop, order('1', 'books differ'));
    const other = asCaller({ key: keys.other, body: { reason: 'fraud' }, idempotencyKey: '2' });
    await app.request(stop, other);
    expect(await problemOf(await app.request(resume, lift(undefined)))).toBe(
      '409 money-stop-not-named',
    );
    const [own, others] = (await readOperations(db)).stops;
    await app.request(resume, lift(own?.id));
    expect(await problemOf(await app.request(resume, lift(undefined)))).toBe(
      '409 money-stop-not-named',
    );
    expect((await readOperations(db)).stops).toMatchObject([{ id: others?.id, reason: 'fraud' }]);
    expect((await app.request(resume, lift(undefined, keys.other))).status).toBe(200);
    expect(await causesOf(db)).toEqual([]);
  });

  test('with one reason under one API key are one stop, and an old stop is never lifted twice', async () => {
    const { app, db } = await createTestApp();
    await app.request(stop, order('1'));
    await app.request(stop, order('2'));
    const { stops } = await readOperations(db);
    expect(stops).toHaveLength(1);
    expect((await app.request(resume, lift(stops[0]?.id))).status).toBe(200);
    await app.request(stop, order('3'));
    const again = await app.request(resume, lift(stops[0]?.id));
    expect(await problemOf(again)).toBe('409 money-stop-lifted');
    const unknown = await app.request(resume, lift('stop_00000000000000000000'));
    expect(await problemOf(unknown)).toBe('404 unknown-money-stop');
    expect(await causesOf(db)).toEqual(['operator']);
  });

  test('that are lifted stay in the list, with who lifted them and why', async () => {
    const { app } = await createTestApp();
    await app.request(stop, order('1'));
    await app.request(resume, lift(undefined));
    const { lifted } = (await (await app.request('/v1/operations', asCaller())).json()) as {
      lifted: unknown[];
    };
    const named = { stoppedByName: 'shop', liftedByName: 'shop', liftReason: 'asked first' };
    expect(lifted).toMatchObject([{ reason: 'the books differ', ...named }]);
  });

  test('that are lifted at one moment wake what waits exactly when the last is lifted', async () => {
    const { app, db, operators, engines } = await stoppedTwice();
    const waiting = await insertPayout(db, await insertSeller(db), {
      waiting_for: 'money-stopped',
    });
    await closeAdoptions(db);
    const both = [operators, engines].map(async (one) => app.request(resume, lift(one?.id)));
    expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
    expect(await readWakeUps(db)).toEqual({ [`payout/${waiting}`]: ['payouts'] });
    const told = await db.selectFrom('events').select('type').orderBy('position').execute();
    expect(told.map(({ type }) => type).filter((type) => type.startsWith('operations.'))).toEqual([
      'operations.stopped',
      'operations.stopped',
      'operations.stop_lifted',
      'operations.resumed',
    ]);
  });
});
