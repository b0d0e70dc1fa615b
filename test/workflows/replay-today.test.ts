import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { payoutWorkflowId } from '../../domain/ids.ts';
import { type RunningEngine, startEngine } from '../build/engine.ts';
import { fetchRuns, replay, type SavedRun, saveRuns, textOf } from '../replay/histories.ts';
import { lives } from '../replay/lives.ts';

let engine: RunningEngine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

const payouts: SavedRun[] = [];
const save = process.env['SAVE_HISTORIES'] === '1';

describe('a payout', () => {
  test.each(Object.entries(lives))(
    '%s replays as it ran',
    { timeout: 240_000 },
    async (_life, live) => {
      for (const payoutId of await live(engine)) {
        const runs = await fetchRuns(engine, `WorkflowId = '${payoutWorkflowId(payoutId)}'`);
        for (const run of runs) await replay(run);
        payouts.push(...runs);
      }
    },
  );
});

test.each(['sellerLifecycle', 'relay', 'sweep', 'revive', 'accounts', 'reconciliation'])(
  'a %s replays as it ran',
  { timeout: 240_000 },
  async (type) => {
    const runs = await fetchRuns(engine, `WorkflowType = '${type}'`);
    for (const run of runs) await replay(run);
    if (type === 'sellerLifecycle') expect(textOf(runs).includes('"openPayday"')).toBe(true);
    if (save) saveRuns(type, type === 'sellerLifecycle' ? runs : runs.slice(0, 3));
  },
);

test('the histories hold every way in which a run ends', () => {
  const events = new Set(payouts.flatMap(({ history }) => history.events.flatMap(Object.keys)));
  for (const event of [
    'workflowExecutionCompleted',
    'workflowExecutionContinuedAsNew',
    'timerStarted',
    'workflowExecutionSignaled',
    'signalExternalWorkflowExecutionInitiated',
  ]) {
    expect(events).toContain(`${event}EventAttributes`);
  }
  if (save) saveRuns('payout', payouts);
});
