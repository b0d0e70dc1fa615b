import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { addWakeUps } from '../../../db/wake-ups.ts';
import { createTestApp, insertPayout, insertSeller } from '../plumbing.ts';
import { stopAllMoney } from '../../build/money.ts';

describe('/health', () => {
  test('answers without a key and without any other part', async () => {
    const { app, db } = await createTestApp({ countWorkers: () => Promise.resolve(undefined) });
    await db.destroy();
    const answer = await app.request('/health');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ alive: true });
  });
});

describe('/ready', () => {
  test('says yes when every part answers', async () => {
    const { app } = await createTestApp();
    const answer = await app.request('/ready');
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      ready: true,
      parts: { database: 'up', temporal: 'up' },
      workers: 1,
      moneyStopped: false,
      moneyStops: [],
      oldestWakeUpSeconds: null,
      parkedPayouts: 0,
      parkedSellers: 0,
      toAdopt: 0,
      openDiscrepancies: 0,
      failedChecks: [],
    });
  });

  test('names Temporal when it is away, and still shows what the database knows', async () => {
    const { app } = await createTestApp({ countWorkers: () => Promise.resolve(undefined) });
    const answer = await app.request('/ready');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      ready: false,
      parts: { database: 'up', temporal: 'down' },
      moneyStopped: false,
    });
  });

  test('names the database when it is away', async () => {
    const { app, db } = await createTestApp();
    await db.destroy();
    const answer = await app.request('/ready');
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({
      ready: false,
      parts: { database: 'down', temporal: 'up' },
      workers: 1,
    });
  });

  test('shows what waits for a person and what nobody was told yet', async () => {
    const { app, db } = await createTestApp();
    const sellerId = await insertSeller(db);
    await insertPayout(db, sellerId, { parked: 'outcome-unknown', parked_at: '2026-11-01' });
    await addWakeUps(db, [{ workflowId: `seller/${sellerId}`, topics: ['payouts'] }]);
    const since = sql<string>`now() - interval '90 seconds'`;
    await db.updateTable('wake_ups').set({ since }).execute();
    const id = await stopAllMoney(db, { reason: 'fraud, as only operators may read' });
    const shown = (await (await app.request('/ready')).json()) as Record<string, unknown>;
    expect(shown).toMatchObject({ ready: true, moneyStopped: true, parkedPayouts: 1 });
    expect(shown).toMatchObject({
      moneyStops: [{ id, cause: 'operator', since: expect.stringMatching(/Z$/) }],
    });
    expect(JSON.stringify(shown)).not.toContain('fraud');
    expect(shown.oldestWakeUpSeconds).toBeGreaterThanOrEqual(90);
    expect(shown.oldestWakeUpSeconds).toBeLessThan(120);
  });
});
