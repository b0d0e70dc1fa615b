import { afterEach, expect, test } from 'vitest';
import { claimRight } from '../../../activities/recovery/right-to-send.ts';
import { createTurns } from '../../../activities/stripe/budget.ts';
import { connect, type Db } from '../../../db/connect.ts';
import { readOperations } from '../../../db/money-stops/rows.ts';
import { readLostRight } from '../../../db/recovery/right-to-send.ts';
import { runActivity } from '../../build/activities.ts';
import { type Stage, startStage } from '../../build/stage.ts';

/** One worker of an engine is slow while another renews the right to send. */
let stage: Stage;
let other: Db | undefined;
afterEach(async () => {
  await other?.destroy();
  await stage.close();
});

const claim = (db: Db, renew = false) => {
  const turns = createTurns(db, { all: 2000, endpoint: 2000, payouts: 2000 });
  return runActivity(() => claimRight({ stripe: stage.stripe, db, turns }, renew));
};

const holdRead = (when?: 'before' | 'after') => {
  const hold = { id: `read ${when}`, when, method: 'GET', path: '/v1/products', count: 1 };
  return stage.sandbox.ask('PUT', 'holds', { holds: when === undefined ? [] : [hold] });
};

test('a worker that was stalled between its look and its record does not report another engine', async () => {
  stage = await startStage('transfer');
  const renewing = (other = connect(stage.databaseUrl, { connections: 2 }));
  await claim(stage.db, true);
  await holdRead('before');
  const stalled = claim(stage.db);
  await stage.untilHeld();
  for (let times = 0; times < 2; times += 1) await claim(renewing, true);
  await holdRead('after');
  await stage.untilHeld();
  await claim(renewing, true);
  await holdRead();
  await stalled;
  expect(await readLostRight(stage.db)).toBeNull();
  expect((await readOperations(stage.db)).moneyStopped).toBe(false);
  await stage.act();
  expect(await stage.made()).toHaveLength(1);
});
