import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PayoutId, SellerId } from '../../domain/ids.ts';
import { expectEachPaidOnce } from '../build/book.ts';
import {
  createActiveSeller,
  fundPlatform,
  orderPayout,
  type RunningEngine,
  startEngine,
  untilPayout,
} from '../build/engine.ts';
import { closeGate, type Gate } from '../servers/gates.ts';
import { until } from '../../dev/wait.ts';

type Step = 'transfer' | 'payout';
type Attempt = { state: string; tries: number };
/** Where the worker is killed: what stops it there, and the attempt that is left. */
type Point = {
  gate: { on: 'insert' | 'update'; when: string } | typeof answerHeld;
  /** The statement is let through, but Temporal does not hear of it. */
  passes?: true;
  leaves: Attempt[];
};
type Stop = Point & { point: string; step: Step; amount: number };
type Paid = { payoutId: PayoutId; amount: number };

/** Not a gate in the database: the sandbox has done the step and does not say so. */
const answerHeld = 'answer-held';
const sending = { on: 'update', when: 'new.tries > old.tries' } as const;
const succeeding = { on: 'update', when: `new.state = 'succeeded'` } as const;

const points: Record<string, Point> = {
  'before the attempt row': { gate: { on: 'insert', when: 'true' }, leaves: [] },
  'after the attempt row, before the POST': {
    gate: sending,
    leaves: [{ state: 'started', tries: 0 }],
  },
  'after Stripe processed, before the answer': {
    gate: answerHeld,
    leaves: [{ state: 'started', tries: 1 }],
  },
  'after the answer, before it is recorded': {
    gate: succeeding,
    leaves: [{ state: 'started', tries: 1 }],
  },
  'after it is recorded, before the activity completes': {
    gate: succeeding,
    passes: true,
    leaves: [{ state: 'succeeded', tries: 1 }],
  },
};

const steps = ['transfer', 'payout'] as const;
/** One payout for each point of each step; its amount tells it from the others. */
const stops: Stop[] = Object.entries(points)
  .flatMap(([point, found]) => steps.map((step) => ({ ...found, point, step })))
  .map((stop, index) => ({ ...stop, amount: 101_00 + index }));

/** The payout whose reservation Temporal does not hear of, and the one whose order it does not. */
const reservedOnly = 201_00;
const orderedOnly = 202_00;

/** What one kill of the worker, at every point of a step at once, left and led to. */
type Scene = {
  engine: RunningEngine;
  paid: Paid[];
  /** The payout of this amount, with its attempts right after the kill. */
  left: Map<number, { payoutId: PayoutId; attempts: Attempt[] }>;
};

const scenes = new Map<string, Scene>();
const sceneOf = (webhooks: boolean, step: Step): Scene => scenes.get(`${webhooks} ${step}`)!;
beforeAll(async () => {
  const all = [true, false].flatMap((webhooks) => steps.map((step) => ({ webhooks, step })));
  const playing = all.map(async ({ webhooks, step }) =>
    scenes.set(`${webhooks} ${step}`, await play(webhooks, step)),
  );
  await Promise.all(playing);
}, 600_000);
afterAll(() => Promise.all([...scenes.values()].map(({ engine }) => engine.stop())));

describe.each([
  { mode: 'with webhooks', webhooks: true },
  { mode: 'with webhooks off', webhooks: false },
])('a seller is paid once, $mode', ({ webhooks }) => {
  test.each(stops)(
    'when the worker is killed at the $step $point',
    async ({ step, amount, leaves }) => {
      const { engine, left } = sceneOf(webhooks, step);
      const { payoutId, attempts } = left.get(amount)!;
      expect(attempts).toEqual(leaves);
      await untilPayout(engine, payoutId, 'paid');
    },
  );

  test('when the worker is killed between the reservation and Temporal', async () => {
    const { engine, left } = sceneOf(webhooks, 'transfer');
    await untilPayout(engine, left.get(reservedOnly)!.payoutId, 'paid');
  });

  test('when the API is killed between the order and Temporal', async () => {
    const { engine, paid } = sceneOf(webhooks, 'payout');
    const sellerId = await createEarner(engine, orderedOnly);
    engine.apiWire.freeze();
    engine.wire.freeze(); // or a job of the worker's tells it
    const payoutId = await orderPayout(engine, sellerId);
    await engine.api.kill();
    engine.apiWire.thaw();
    const waiting = await engine.db.selectFrom('wake_ups').select('topics').execute();
    expect(waiting.flatMap(({ topics }) => topics)).toContain('payouts');
    engine.wire.thaw();
    await engine.api.start();
    await untilPayout(engine, payoutId, 'sent');
    await liveToArrival(engine);
    await untilPayout(engine, payoutId, 'paid');
    paid.push({ payoutId, amount: orderedOnly });
  });

  test.each(steps)('and nobody is paid anything else (%s)', async (step) => {
    const { engine, paid } = sceneOf(webhooks, step);
    expect(paid).toHaveLength(stops.length / steps.length + 1);
    await expectEachPaidOnce(engine, paid);
  });
});

/** Brings a payout to each point of the step, kills the worker once, and starts it again. */
async function play(webhooks: boolean, step: Step): Promise<Scene> {
  const engine = await startEngine({ webhooks });
  try {
    await fundPlatform(engine);
    const amounts = stops.filter((stop) => stop.step === step).map(({ amount }) => amount);
    if (step === 'transfer') amounts.push(reservedOnly);
    const sellers = new Map<number, SellerId>();
    const create = async (amount: number) =>
      sellers.set(amount, await createEarner(engine, amount));
    await Promise.all(amounts.map(create));
    const payouts = await killAtEveryPoint(engine, step, sellers);
    const left: Scene['left'] = new Map();
    for (const [amount, payoutId] of payouts) {
      left.set(amount, { payoutId, attempts: await attemptsOf(engine, payoutId, step) });
    }
    await engine.worker.start();
    const paid = [...payouts].map(([amount, payoutId]) => ({ payoutId, amount }));
    await Promise.all(paid.map(({ payoutId }) => untilPayout(engine, payoutId, 'sent')));
    await liveToArrival(engine);
    return { engine, left, paid };
  } catch (error) {
    await engine.stop();
    throw error;
  }
}

/**
 * Orders a payout for each point and kills the worker there; answers with the payouts by amount.
 */
async function killAtEveryPoint(
  engine: RunningEngine,
  step: Step,
  sellers: Map<number, SellerId>,
): Promise<Map<number, PayoutId>> {
  const payouts = new Map<number, PayoutId>();
  const gates = await closeGates(engine, step, sellers);
  const order = async ({ amount }: Stop): Promise<void> => {
    payouts.set(amount, await orderPayout(engine, sellers.get(amount)!));
    await gates.get(amount)!.reached();
  };
  const here = stops.filter((stop) => stop.step === step);
  // Stripe holds the answer to the first transfer, whoever gets it.
  const first = here.find(({ gate }) => gate === answerHeld)!;
  // Who stands before the POST holds the row that says when the next request may go.
  const last = here.find(({ gate }) => gate === sending)!;
  await order(first);
  await Promise.all(here.filter((stop) => stop !== first && stop !== last).map(order));
  await order(last);
  const reservation = gates.get(reservedOnly);
  if (reservation) {
    payouts.set(reservedOnly, await orderPayout(engine, sellers.get(reservedOnly)!));
    await reservation.reached();
  }
  engine.wire.freeze();
  await reservation?.open();
  if (reservation) await untilPayout(engine, payouts.get(reservedOnly)!, 'reserved');
  const passing = here.find(({ passes }) => passes)!;
  await gates.get(passing.amount)!.open();
  await until('the answer is recorded', async () => {
    const [attempt] = await attemptsOf(engine, payouts.get(passing.amount)!, step);
    return attempt?.state === 'succeeded';
  });
  await engine.worker.kill();
  engine.wire.thaw();
  for (const stop of here) if (stop !== passing) await gates.get(stop.amount)!.break();
  return payouts;
}

/** A gate locks its table while it is made, so all of them are closed before the first order. */
async function closeGates(
  engine: RunningEngine,
  step: Step,
  sellers: Map<number, SellerId>,
): Promise<Map<number, Gate>> {
  const gates = new Map<number, Gate>();
  const close = async (amount: number, at: Parameters<typeof closeGate>[1]): Promise<void> => {
    gates.set(amount, await closeGate(engine.databaseUrl, at));
  };
  for (const { gate, amount } of stops.filter((stop) => stop.step === step)) {
    if (gate === answerHeld) {
      const { stripeAccount } = await engine.call('GET', `/v1/sellers/${sellers.get(amount)}`);
      gates.set(amount, await holdAnswer(engine, step, stripeAccount));
    } else {
      const mine = `new.step = '${step}' and new.request->>'amount' = '${amount}'`;
      await close(amount, { on: gate.on, table: 'attempts', when: `${mine} and ${gate.when}` });
    }
  }
  const reserving = sellers.get(reservedOnly);
  const reserved = `new.status = 'reserved' and old.status = 'requested'`;
  const when = `${reserved} and new.seller_id = '${reserving}'`;
  if (reserving) await close(reservedOnly, { on: 'update', table: 'payouts', when });
  return gates;
}

/** Stripe does the step and holds its answer back: opened it arrives, broken it never does. */
async function holdAnswer(engine: RunningEngine, step: Step, account: string): Promise<Gate> {
  const aim = { method: 'POST', path: `/v1/${step}s`, ...(step === 'payout' && { account }) };
  await engine.control('PUT', '/holds', { holds: [{ id: step, when: 'after', count: 1, ...aim }] });
  const release = async (drop: boolean): Promise<void> => {
    await engine.control('POST', `/holds/${step}/release`, { drop });
  };
  return {
    reached: async () => {
      await until('Stripe holds its answer back', async () => {
        const { holds } = await engine.control('GET', '/holds');
        return holds[0].waiting.length > 0;
      });
    },
    open: () => release(false),
    break: () => release(true),
  };
}

async function createEarner(engine: RunningEngine, amount: number): Promise<SellerId> {
  const sellerId = await createActiveSeller(engine);
  await engine.call('POST', `/v1/sellers/${sellerId}/earnings`, { amount, currency: 'eur' });
  return sellerId;
}

async function attemptsOf(
  engine: RunningEngine,
  payoutId: PayoutId,
  step: Step,
): Promise<Attempt[]> {
  return engine.db
    .selectFrom('attempts')
    .select(['state', 'tries'])
    .where('object_id', '=', payoutId)
    .where('step', '=', step)
    .execute();
}

function liveToArrival(engine: RunningEngine): Promise<unknown> {
  return engine.call('POST', '/v1/test/clock', { advanceMinutes: 5 * 24 * 60 });
}
