import { describe, expect, test } from 'vitest';
import type { PayoutId, SellerId } from '../../domain/ids.ts';
import { expectPaidOnce } from '../build/book.ts';
import {
  createActiveSeller,
  fundPlatform,
  orderPayout,
  type RunningEngine,
  startEngine,
  untilPayout,
} from '../build/engine.ts';
import { closeGate } from '../servers/gates.ts';
import { until } from '../../dev/wait.ts';

type Step = 'transfer' | 'payout';
type Scene = { engine: RunningEngine; step: Step; order: () => Promise<PayoutId> };

/** Each brings the engine to a point, kills it there, and answers with the payout it was about. */
const killPoints: Record<string, (scene: Scene) => Promise<PayoutId>> = {
  'before the attempt row': async ({ engine, step, order }) => {
    const when = `new.step = '${step}'`;
    const gate = await closeGate(engine.databaseUrl, { on: 'insert', table: 'attempts', when });
    const payoutId = await order();
    await gate.reached();
    await engine.worker.kill();
    await gate.break();
    expect(await attemptsOf(engine, payoutId, step)).toEqual([]);
    return payoutId;
  },

  'after the attempt row, before the POST': async ({ engine, step, order }) => {
    const when = `new.step = '${step}' and new.tries > old.tries`;
    const gate = await closeGate(engine.databaseUrl, { on: 'update', table: 'attempts', when });
    const payoutId = await order();
    await gate.reached();
    await engine.worker.kill();
    await gate.break();
    expect(await attemptsOf(engine, payoutId, step)).toEqual([{ state: 'started', tries: 0 }]);
    return payoutId;
  },

  'after Stripe processed, before the answer': async ({ engine, step, order }) => {
    const path = `/v1/${step}s`;
    const hold = { id: 'answer', when: 'after', method: 'POST', path, count: 1 };
    await engine.control('PUT', '/holds', { holds: [hold] });
    const payoutId = await order();
    await until('Stripe holds its answer back', async () => {
      const { holds } = await engine.control('GET', '/holds');
      return holds[0].waiting.length > 0;
    });
    await engine.worker.kill();
    await engine.control('POST', '/holds/answer/release', { drop: true });
    expect(await attemptsOf(engine, payoutId, step)).toEqual([{ state: 'started', tries: 1 }]);
    return payoutId;
  },

  'after the answer, before it is recorded': async ({ engine, step, order }) => {
    const when = `new.step = '${step}' and new.state = 'succeeded'`;
    const gate = await closeGate(engine.databaseUrl, { on: 'update', table: 'attempts', when });
    const payoutId = await order();
    await gate.reached();
    await engine.worker.kill();
    await gate.break();
    expect(await attemptsOf(engine, payoutId, step)).toEqual([{ state: 'started', tries: 1 }]);
    return payoutId;
  },

  'after it is recorded, before the activity completes': async ({ engine, step, order }) => {
    const when = `new.step = '${step}' and new.state = 'succeeded'`;
    const gate = await closeGate(engine.databaseUrl, { on: 'update', table: 'attempts', when });
    const payoutId = await order();
    await gate.reached();
    engine.wire.freeze();
    await gate.open();
    await until('the answer is recorded', async () => {
      const [attempt] = await attemptsOf(engine, payoutId, step);
      return attempt?.state === 'succeeded';
    });
    await engine.worker.kill();
    engine.wire.thaw();
    return payoutId;
  },
};

const everyPoint = Object.keys(killPoints).flatMap((point) =>
  (['transfer', 'payout'] as const).map((step) => ({ point, step })),
);

describe.each([
  { mode: 'with webhooks', webhooks: true },
  { mode: 'with webhooks off', webhooks: false },
])('a seller is paid once, $mode', ({ webhooks }) => {
  test.concurrent.each(everyPoint)(
    'when the worker is killed at the $step $point',
    { timeout: 300_000 },
    async ({ point, step }) => {
      await playing({ webhooks }, async (engine, order) => {
        const payoutId = await killPoints[point]!({ engine, step, order });
        await engine.worker.start();
        await followToTheBank(engine, payoutId);
      });
    },
  );

  test.concurrent(
    'when the worker is killed between the reservation and Temporal',
    { timeout: 300_000 },
    async () => {
      await playing({ webhooks }, async (engine, order) => {
        const when = `new.status = 'reserved' and old.status = 'requested'`;
        const gate = await closeGate(engine.databaseUrl, { on: 'update', table: 'payouts', when });
        const payoutId = await order();
        await gate.reached();
        engine.wire.freeze();
        await gate.open();
        await untilPayout(engine, payoutId, 'reserved');
        await engine.worker.kill();
        engine.wire.thaw();
        await engine.worker.start();
        await followToTheBank(engine, payoutId);
      });
    },
  );

  test.concurrent(
    'when the API is killed between the order and Temporal',
    { timeout: 300_000 },
    async () => {
      await playing({ webhooks }, async (engine, order) => {
        engine.apiWire.freeze();
        engine.wire.freeze(); // or a job of the worker's tells it
        const payoutId = await order();
        await engine.api.kill();
        engine.apiWire.thaw();
        const waiting = await engine.db.selectFrom('wake_ups').select('topics').execute();
        expect(waiting.flatMap(({ topics }) => topics)).toContain('payouts');
        engine.wire.thaw();
        await engine.api.start();
        await followToTheBank(engine, payoutId);
      });
    },
  );
});

async function playing(
  choices: { webhooks: boolean },
  play: (engine: RunningEngine, order: () => Promise<PayoutId>) => Promise<void>,
): Promise<void> {
  const engine = await startEngine(choices);
  try {
    await fundPlatform(engine);
    const sellerId = await createActiveSeller(engine);
    await postEarning(engine, sellerId);
    await play(engine, () => orderPayout(engine, sellerId));
  } finally {
    await engine.stop();
  }
}

async function postEarning(engine: RunningEngine, sellerId: SellerId): Promise<void> {
  await engine.call('POST', `/v1/sellers/${sellerId}/earnings`, {
    amount: 123_45,
    currency: 'eur',
  });
}

async function attemptsOf(engine: RunningEngine, payoutId: PayoutId, step: Step) {
  return engine.db
    .selectFrom('attempts')
    .select(['state', 'tries'])
    .where('object_id', '=', payoutId)
    .where('step', '=', step)
    .execute();
}

async function followToTheBank(engine: RunningEngine, payoutId: PayoutId): Promise<void> {
  await untilPayout(engine, payoutId, 'sent');
  await engine.call('POST', '/v1/test/clock', { advanceMinutes: 5 * 24 * 60 });
  await untilPayout(engine, payoutId, 'paid');
  await expectPaidOnce(engine, payoutId, 123_45);
}
