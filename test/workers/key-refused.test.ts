import { expect, test } from 'vitest';
import type { SellerId } from '../../domain/ids.ts';
import {
  createActiveSeller,
  fundPlatform,
  orderPayout,
  type RunningEngine,
  startEngine,
} from '../build/engine.ts';
import { until } from '../../dev/wait.ts';

type Shown = { id: string; status: string; parked: unknown; waiting: { for: string } | null };
type Moved = { metadata: Record<string, string> };

const many = 10;
/** Some payouts wait for their transfer, the others for their payout. */
const transferred = 4;

test(
  'everybody is paid once, and nobody is asked, although Stripe refuses the key for 13 hours',
  { timeout: 400_000 },
  async () => {
    const engine = await startEngine();
    try {
      await fundPlatform(engine);
      const sellers = await hireSellers(engine);
      await refuse(engine, '/v1/payouts');
      for (const seller of sellers.slice(0, transferred)) await orderPayout(engine, seller);
      await untilWaiting(engine, transferred);
      await refuse(engine, '/v1/payouts', '/v1/transfers');
      for (const seller of sellers.slice(transferred)) await orderPayout(engine, seller);
      await untilWaiting(engine, many);
      for (const advanceMinutes of [10 * 60, 3 * 60]) {
        await engine.call('POST', '/v1/test/clock', { advanceMinutes });
      }
      await expectToBeTold(engine);
      await engine.control('PUT', '/faults', { rules: [] });
      await until('Stripe has every payout', () => all(engine, 'sent'), 200_000);
      await engine.call('POST', '/v1/test/clock', { advanceMinutes: 5 * 24 * 60 });
      await until('everybody is paid', () => all(engine, 'paid'));
      await expectEachPaidOnce(engine);
    } finally {
      await engine.stop();
    }
  },
);

async function hireSellers(engine: RunningEngine): Promise<SellerId[]> {
  const hire = Array.from({ length: many }, async () => createActiveSeller(engine));
  const sellers = await Promise.all(hire);
  for (const seller of sellers) {
    const earning = { amount: 50_00, currency: 'eur' };
    await engine.call('POST', `/v1/sellers/${seller}/earnings`, earning);
  }
  return sellers;
}

/** Stripe refuses the key for these requests; everything else works. */
async function refuse(engine: RunningEngine, ...paths: string[]): Promise<void> {
  const rules = paths.map((path) => {
    return { method: 'POST', path, kind: 'status', status: 401, count: 100_000 };
  });
  await engine.control('PUT', '/faults', { rules });
}

async function untilWaiting(engine: RunningEngine, count: number): Promise<void> {
  await until(`${count} payouts wait for the key`, async () => {
    const payouts = await listPayouts(engine);
    return payouts.filter(({ waiting }) => waiting?.for === 'stripe-key').length === count;
  });
}

/** No payout is parked, and the attention list says since when all of them wait. */
async function expectToBeTold(engine: RunningEngine): Promise<void> {
  const payouts = await listPayouts(engine);
  expect(payouts.filter(({ parked }) => parked !== null)).toEqual([]);
  const { data } = await engine.call('GET', '/v1/attention?reason=waits-too-long&limit=100');
  expect(data).toHaveLength(many);
}

async function all(engine: RunningEngine, wanted: string): Promise<boolean> {
  const payouts = await listPayouts(engine);
  expect(payouts.filter(({ parked }) => parked !== null)).toEqual([]);
  return payouts.length === many && payouts.every(({ status }) => status === wanted);
}

async function expectEachPaidOnce(engine: RunningEngine): Promise<void> {
  const book = await engine.control('GET', '/book');
  const ours = (await listPayouts(engine)).map(({ id }) => id).toSorted();
  for (const moved of [book.transfers as Moved[], book.payouts as Moved[]]) {
    expect(moved.map(({ metadata }) => `${metadata['payout_id']}`).toSorted()).toEqual(ours);
  }
}

async function listPayouts(engine: RunningEngine): Promise<Shown[]> {
  const { data } = await engine.call('GET', '/v1/payouts?limit=100');
  return data as Shown[];
}
