import { expect, test } from 'vitest';
import { type PayoutId, payoutWorkflowId } from '../../domain/ids.ts';
import { ensureSchedules } from '../../workers/setup/schedules.ts';
import { expectPaidOnce } from '../build/book.ts';
import {
  createActiveSeller,
  fundPlatform,
  orderPayout,
  type RunningEngine,
  startEngine,
  untilItAnswers,
  untilPayout,
} from '../build/engine.ts';
import { ownPostgres, ownTemporal } from '../servers/own-servers.ts';
import { until } from '../../dev/wait.ts';

const jobs = { relay: 2, sweep: 2, revive: 2, accounts: 300, reconciliation: 300 };
const long = { timeout: 240_000 };

test.concurrent.each([true, false])(
  "pays once though Temporal's storage is deleted in the middle (webhooks: %s)",
  long,
  async (webhooks) => {
    const server = await ownTemporal();
    const engine = await startEngine({ webhooks, temporalAddress: server.address });
    try {
      const payoutId = await holdAtStripe(engine, 'transfer');
      await engine.worker.kill();
      await server.loseEverything();
      await engine.control('POST', '/holds/answer/release', { drop: true });
      await ensureSchedules(engine.temporal, jobs);
      await engine.worker.start();
      await followToTheBank(engine, payoutId);
    } finally {
      await engine.stop();
      await server.stop();
    }
  },
);

test.concurrent.each([true, false])(
  'pays once though Temporal and PostgreSQL restart in the middle (webhooks: %s)',
  long,
  async (webhooks) => {
    const [server, database] = await Promise.all([ownTemporal(), ownPostgres()]);
    const choices = { webhooks, temporalAddress: server.address, databaseUrl: database.url };
    const engine = await startEngine(choices);
    try {
      const payoutId = await holdAtStripe(engine, 'payout');
      await Promise.all([server.restart(), database.restart()]);
      await untilItAnswers(engine);
      await engine.control('POST', '/holds/answer/release', { drop: true });
      await followToTheBank(engine, payoutId);
    } finally {
      await engine.stop();
      await Promise.all([server.stop(), database.stop()]);
    }
  },
);

test.concurrent(
  'pays once though an operator resets the workflow after 30 hours',
  long,
  async () => {
    const engine = await startEngine();
    try {
      const payoutId = await orderOne(engine);
      await untilPayout(engine, payoutId, 'sent');
      await engine.call('POST', '/v1/test/clock', { advanceMinutes: 30 * 60 });
      await reset(engine, payoutId);
      await followToTheBank(engine, payoutId);
    } finally {
      await engine.stop();
    }
  },
);

test.concurrent.each(['transfer', 'payout'] as const)(
  'looks for a %s whose key Stripe may have forgotten, and never posts it again',
  long,
  async (step) => {
    const engine = await startEngine();
    try {
      const payoutId = await holdAtStripe(engine, step);
      await engine.worker.kill();
      await engine.control('POST', '/holds/answer/release', { drop: true });
      for (const hours of [10, 10, 10]) {
        await engine.call('POST', '/v1/test/clock', { advanceMinutes: hours * 60 });
      }
      await engine.worker.start();
      await reset(engine, payoutId);
      await followToTheBank(engine, payoutId);
      const posts = await engine.control('GET', `/requests?method=POST&path=/v1/${step}s`);
      expect(posts.requests).toHaveLength(1);
    } finally {
      await engine.stop();
    }
  },
);

async function orderOne(engine: RunningEngine): Promise<PayoutId> {
  await fundPlatform(engine);
  const sellerId = await createActiveSeller(engine);
  const earning = { amount: 123_45, currency: 'eur' };
  await engine.call('POST', `/v1/sellers/${sellerId}/earnings`, earning);
  return orderPayout(engine, sellerId);
}

/** Stripe has done it, and its answer is held back. */
async function holdAtStripe(engine: RunningEngine, step: 'transfer' | 'payout') {
  const hold = { id: 'answer', when: 'after', method: 'POST', path: `/v1/${step}s`, count: 1 };
  await engine.control('PUT', '/holds', { holds: [hold] });
  const payoutId = await orderOne(engine);
  await until('Stripe holds its answer back', async () => {
    const { holds } = await engine.control('GET', '/holds');
    return holds[0].waiting.length > 0;
  });
  return payoutId;
}

async function followToTheBank(engine: RunningEngine, payoutId: PayoutId): Promise<void> {
  await untilPayout(engine, payoutId, 'sent', 'paid');
  await engine.call('POST', '/v1/test/clock', { advanceMinutes: 5 * 24 * 60 });
  await untilPayout(engine, payoutId, 'paid');
  await expectPaidOnce(engine, payoutId, 123_45);
}

type Reset = Parameters<RunningEngine['temporal']['workflowService']['resetWorkflowExecution']>[0];
const firstTaskCompleted = 4 as unknown as NonNullable<Reset['workflowTaskFinishEventId']>;

/** As an operator does in the Temporal UI: back to the first workflow task. */
async function reset({ temporal }: RunningEngine, payoutId: PayoutId): Promise<void> {
  const workflowId = payoutWorkflowId(payoutId);
  await temporal.workflowService.resetWorkflowExecution({
    namespace: temporal.options.namespace,
    workflowExecution: { workflowId },
    reason: 'an operator wondered',
    workflowTaskFinishEventId: firstTaskCompleted,
    requestId: crypto.randomUUID(),
  });
}
