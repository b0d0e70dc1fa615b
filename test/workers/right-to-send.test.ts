import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { readRight, recordRightLost } from '../../db/recovery/right-to-send.ts';
import { openTemporal } from '../servers/environment.ts';
import { openStage, type SetUpStage } from './set-up-stage.ts';

/** What the set-up says of the right to send. */
let temporal: TestWorkflowEnvironment;
let stage: SetUpStage;
beforeAll(async () => {
  temporal = await openTemporal();
});
beforeEach(async () => {
  stage = await openStage(temporal);
});
afterEach(() => stage.close());
afterAll(() => temporal.teardown());

const found = async () => (await stage.run()).of('Right to send');

test('the set-up says that no other engine has the right to send', async () => {
  expect(await found()).toEqual(['ok: no other engine has it']);
});

test('the set-up names the permission that the key lacks', async () => {
  const rule = { method: 'GET', path: '/v1/products', kind: 'status', status: 403, count: 9 };
  await stage.ask('PUT', 'faults', { rules: [rule] });
  expect(await found()).toEqual([expect.stringMatching(/^wrong: .*"Products: write"/)]);
});

test('the set-up says who took the right to send', async () => {
  await stage.run();
  await stage.stripe.products.update('payout_engine_right_to_send', {
    metadata: { token: 'of another engine' },
  });
  expect(await found()).toEqual([expect.stringMatching(/^wrong: Another engine took or renewed/)]);
  const lost = { to: 'of another engine', reason: 'said only once' };
  await recordRightLost(stage.db, await readRight(stage.db), lost);
  expect((await found())[0]).not.toContain('said only once');
});
