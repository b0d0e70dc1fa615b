import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createSandboxClock } from '../../../api/operations/sandbox-clock.ts';
import type { Db } from '../../../db/connect.ts';
import { clearTry } from '../../../db/stripe/attempts.ts';
import type { Sandbox } from '../../../sandbox/server.ts';
import { openAttempt } from '../../build/money.ts';
import { startWatchedSandbox } from '../../contract/watched-sandbox.ts';
import {
  asCaller,
  createTestApp,
  insertPayout,
  insertSeller,
  keys,
  problemOf,
  readWakeUps,
} from '../plumbing.ts';

const url = '/v1/test/clock';
const hourMs = 60 * 60 * 1000;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startWatchedSandbox();
});
afterAll(() => sandbox.close());

/** An app beside a sandbox of its own, so that offsets begin at nothing. */
async function withClock() {
  const own = await startWatchedSandbox();
  onTestFinished(() => own.close());
  const test = await createTestApp({ sandboxClock: createSandboxClock(own.url) });
  const move = (body: unknown) => test.app.request(url, asCaller({ body }));
  return { ...test, move, sandboxOffset: () => offsetOf(own), sandboxUrl: own.url };
}

async function offsetOf({ url }: Sandbox): Promise<number> {
  const answer = await fetch(`${url}/_sandbox/clock`);
  return ((await answer.json()) as { offsetMs: number }).offsetMs;
}

describe('the clock', () => {
  test('is not there with Stripe itself', async () => {
    const { app } = await createTestApp();
    expect(await problemOf(await app.request(url, asCaller()))).toBe('404 unknown-path');
    const move = asCaller({ body: { advanceMinutes: 1 } });
    expect(await problemOf(await app.request(url, move))).toBe('404 unknown-path');
  });

  test('moves the sandbox and the engine by the same time', async () => {
    const { app, move, sandboxOffset, woken } = await withClock();
    const before = Date.now();
    const moved = (await (await move({ advanceMinutes: 90 })).json()) as Clock;
    expect(moved.offsetMs).toBe(1.5 * hourMs);
    expect(Date.parse(moved.now) - before).toBeGreaterThanOrEqual(1.5 * hourMs);
    expect(Date.parse(moved.now) - before).toBeLessThan(1.5 * hourMs + 60_000);
    expect(await sandboxOffset()).toBe(moved.offsetMs);
    expect(woken.times).toBe(1);
    const read = (await (await app.request(url, asCaller({ key: keys.read }))).json()) as Clock;
    expect(read.offsetMs).toBe(moved.offsetMs);
  });

  test('moves to an instant', async () => {
    const { move } = await withClock();
    const to = new Date(Date.now() + 40 * 24 * hourMs).toISOString();
    const { now } = (await (await move({ to })).json()) as Clock;
    expect(Date.parse(now) - Date.parse(to)).toBeGreaterThanOrEqual(0);
    expect(Date.parse(now) - Date.parse(to)).toBeLessThan(60_000);
  });

  test('only moves forward', async () => {
    const { move, sandboxOffset } = await withClock();
    await move({ advanceMinutes: 60 });
    const past = new Date(Date.now()).toISOString();
    expect(await problemOf(await move({ to: past }))).toBe('409 clock-moves-forward');
    expect(await sandboxOffset()).toBe(hourMs);
  });

  test('moves ten years at most in one step, for it never goes back', async () => {
    const { move, sandboxOffset } = await withClock();
    const answer = await move({ to: '2190-01-01T00:00:00Z' });
    expect(answer.status).toBe(400);
    const { detail, errors } = (await answer.json()) as { detail: string; errors: unknown };
    expect(detail).toContain('/to: must be at most ten years after the clock’s time, 20');
    expect(errors).toMatchObject([{ in: 'body', pointer: '/to' }]);
    expect(await sandboxOffset()).toBe(0);
    const inNineYears = new Date(Date.now() + 9 * 365 * 24 * hourMs).toISOString();
    expect((await move({ to: inNineYears })).status).toBe(200);
  });

  test.each([
    [{}],
    [{ advanceMinutes: 0 }],
    [{ advanceMinutes: 1.5 }],
    [{ advanceMinutes: 1, to: '2200-01-01T00:00:00Z' }],
    [{ to: 'tomorrow' }],
    [{ offsetMs: 1 }],
  ])('takes no move like %j', async (body) => {
    const { app } = await createTestApp({ sandboxClock: createSandboxClock(sandbox.url) });
    const answer = await app.request(url, asCaller({ body }));
    expect(await problemOf(answer)).toBe('400 invalid-request');
  });

  test('adds up two moves that come at once', async () => {
    const { move, app, sandboxOffset } = await withClock();
    const answers = await Promise.all([move({ advanceMinutes: 60 }), move({ advanceMinutes: 60 })]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    const { offsetMs } = (await (await app.request(url, asCaller())).json()) as Clock;
    expect(offsetMs).toBe(2 * hourMs);
    expect(await sandboxOffset()).toBe(2 * hourMs);
  });
});

describe('a move that is cut short', () => {
  test('after the sandbox moved is made good by the same move', async () => {
    const { move, sandboxOffset, sandboxUrl } = await withClock();
    await createSandboxClock(sandboxUrl).moveTo(3 * hourMs);
    const to = new Date(Date.now() + 2 * hourMs).toISOString();
    expect((await move({ to })).status).toBe(200);
    expect(await sandboxOffset()).toBe(3 * hourMs);
  });

  test('before the sandbox moved leaves the engine where it was', async () => {
    const gone = await startWatchedSandbox();
    await gone.close();
    const { app, db } = await createTestApp({ sandboxClock: createSandboxClock(gone.url) });
    const answer = await app.request(url, asCaller({ body: { advanceMinutes: 60 } }));
    expect(await problemOf(answer)).toBe('503 unavailable');
    expect(await db.selectFrom('clock').select('offset_ms').execute()).toEqual([{ offset_ms: 0 }]);
  });
});

describe('a move past deadlines', () => {
  test('tells whoever has one up to the new now, and nobody else', async () => {
    const { move, db } = await withClock();
    const in5Days = new Date(Date.now() + 5 * 24 * hourMs).toISOString();
    const in7Days = new Date(Date.now() + 7 * 24 * hourMs).toISOString();
    const due = await insertSeller(db, { lookAgainAt: in5Days });
    await insertSeller(db, { lookAgainAt: in5Days, status: 'closed' });
    const later = await insertSeller(db, { lookAgainAt: in7Days });
    const paid = { status: 'paid', stripe_payout_id: 'po_1', watch_until: in5Days };
    const watched = await insertPayout(db, later, { ...paid, look_again_at: in5Days });
    await insertPayout(db, later, { look_again_at: in7Days });
    await insertPayout(db, later, { status: 'settled', look_again_at: in5Days });
    await insertPayout(db, later, {});
    expect((await move({ advanceMinutes: 6 * 24 * 60 })).status).toBe(200);
    expect(await readWakeUps(db)).toEqual({
      [`seller/${due}`]: ['deadline'],
      [`payout/${watched}`]: ['deadline'],
    });
  });
});

describe('while a request to Stripe is open', () => {
  test('no move is longer than 11 hours', async () => {
    const { move, db, sandboxOffset } = await withClock();
    const key = await openRequest(db);
    expect(await problemOf(await move({ advanceMinutes: 11 * 60 + 1 }))).toBe(
      '409 request-in-flight',
    );
    expect(await sandboxOffset()).toBe(0);
    expect((await move({ advanceMinutes: 11 * 60 })).status).toBe(200);

    const answered = { state: 'succeeded', stripe_id: 'tr_1' } as const;
    await db.updateTable('attempts').set(answered).where('key', '=', key).execute();
    expect((await move({ advanceMinutes: 30 * 24 * 60 })).status).toBe(200);
  });

  test('an attempt that was never sent holds nothing up', async () => {
    const { move, db } = await withClock();
    await openAttempt(db, attempt);
    expect((await move({ advanceMinutes: 30 * 24 * 60 })).status).toBe(200);
  });
});

type Clock = { now: string; offsetMs: number };

const attempt = {
  objectId: 'payout_1',
  step: 'transfer',
  account: null,
  apiVersion: 'v',
  request: {},
};

async function openRequest(db: Db): Promise<string> {
  const { key } = await openAttempt(db, attempt);
  expect((await clearTry(db, key, [])).clearance).toBe('send');
  return key;
}
