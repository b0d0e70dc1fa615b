import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTurns } from '../../activities/budget.ts';
import { createStripe } from '../../activities/stripe.ts';
import { createSweepActivities } from '../../activities/sweep.ts';
import { connect, type Db } from '../../db/connect.ts';
import { startSandbox, type Sandbox } from '../../sandbox/server.ts';
import { createTestDatabase } from '../environment.ts';

let sandbox: Sandbox;
let db: Db;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, file: ':memory:', secretKey: 'sk_test_sandbox' });
  db = connect(await createTestDatabase());
});
afterAll(async () => {
  await db.destroy();
  await sandbox.close();
});

test('reads every page of the events of accounts, each in a turn, and stores each once', async () => {
  const stripe = createStripe({ secretKey: 'sk_test_sandbox', apiBase: sandbox.url });
  const turns = createTurns(db, { all: 10_000, endpoint: 10_000, payouts: 10_000 });
  const accounts = await Promise.all(
    Array.from({ length: 120 }, () => stripe.v2.core.accounts.create({ dashboard: 'express' })),
  );
  await Promise.all(
    accounts.map(({ id }) => stripe.v2.core.accounts.update(id, { display_name: 'Ada' })),
  );
  const taken: string[] = [];
  const counted = {
    ...turns,
    take: (endpoint: Parameters<typeof turns.take>[0]) => {
      taken.push(endpoint);
      return turns.take(endpoint);
    },
  };
  const sweep = createSweepActivities({ stripe, db, turns: counted });
  const read = await sweep.sweepAccountEvents();
  expect(read).toBeGreaterThanOrEqual(120);
  expect(taken).toHaveLength(Math.floor(read / 100) + 1);
  await sweep.sweepAccountEvents();
  const stored = await db.selectFrom('inbox').select(['event_id', 'type', 'object_id']).execute();
  expect(stored).toHaveLength(read);
  expect(new Set(stored.map((event) => event.object_id)).size).toBe(120);
});
