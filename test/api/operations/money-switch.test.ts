import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { readOperations } from '../../../db/operations/money-switch.ts';
import { noteUnknownMade } from '../../../db/recovery/comparison.ts';
import { readLostRight, readRight, recordRightLost } from '../../../db/recovery/right-to-send.ts';
import { clearTry } from '../../../db/stripe/attempts.ts';
import { newId } from '../../../domain/ids.ts';
import { openAttempt } from '../../build/money.ts';
import { until } from '../../../dev/wait.ts';
import {
  asCaller,
  createTestApp,
  insertPayout,
  insertSeller,
  keys,
  problemOf,
  readWakeUps,
  waitingHere,
} from '../plumbing.ts';

const stop = '/v1/operations/stop-money';
const resume = '/v1/operations/resume-money';

function order(idempotencyKey: string, reason = 'the books differ'): RequestInit {
  return asCaller({ body: { reason }, idempotencyKey });
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

describe('the switch', () => {
  test('lets money move until somebody stops it', async () => {
    const { app } = await createTestApp();
    const answer = await app.request('/v1/operations', asCaller({ key: keys.read }));
    expect(await answer.json()).toMatchObject({ moneyStopped: false, reason: null });
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
    const stopped = { moneyStopped: true, reason: 'the books differ', changedBy: admin.id };
    expect(await answer.json()).toMatchObject(stopped);
    const read = await app.request('/v1/operations', asCaller({ key: keys.read }));
    expect(await read.json()).toMatchObject(stopped);

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

  test('is not moved again by a repeat of an old order', async () => {
    const { app } = await createTestApp();
    await app.request(stop, order('1'));
    await app.request(resume, order('2'));
    const repeat = await app.request(stop, order('1'));
    expect(repeat.headers.get('idempotent-replayed')).toBe('true');
    expect(await repeat.json()).toMatchObject({ moneyStopped: true });
    const now = await app.request('/v1/operations', asCaller());
    expect(await now.json()).toMatchObject({ moneyStopped: false });
  });
});

describe('resuming', () => {
  test('waits for what is just being found at Stripe, and is then refused', async () => {
    const { app, db } = await createTestApp();
    await app.request(stop, order('1'));
    const answer = await db.transaction().execute(async (tx) => {
      await noteUnknownMade(tx, [lost]);
      const resumed = app.request(resume, order('2'));
      await until('it waits for the switch', async () => {
        return (await sql.raw(waitingHere).execute(db)).rows.length > 0;
      });
      return { resumed };
    });
    expect(await problemOf(await answer.resumed)).toBe('409 recovery-open');
    const { moneyStopped, reason } = await readOperations(db);
    expect([moneyStopped, reason]).toEqual([true, expect.stringContaining('GET /v1/recovery')]);
  });

  test('takes the right to send over from the engine that was reported', async () => {
    const { app, db } = await createTestApp();
    const lost = { to: 'of another engine', reason: 'Another engine took the right to send.' };
    await recordRightLost(db, await readRight(db), lost);
    const read = await app.request('/v1/operations', asCaller());
    const reason = 'Another engine took the right to send.';
    expect(await read.json()).toMatchObject({ moneyStopped: true, reason, changedBy: 'engine' });
    await app.request(resume, order('1', 'the other engine is stopped'));
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
