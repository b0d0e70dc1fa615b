import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import type { SellerId } from '../../domain/ids.ts';
import {
  createActiveSeller,
  fundPlatform,
  readReady,
  type RunningEngine,
  startEngine,
} from '../build/engine.ts';
import { until } from '../../dev/wait.ts';

type Shown = {
  id: string;
  sellerId: SellerId;
  status: string;
  total: { amount: number };
  parked: unknown;
};
type Moved = { amount: number; metadata: Record<string, string> };

const many = 30;
const weekly = { interval: 'weekly', weekdays: ['wednesday'], timeZone: 'Europe/Berlin' };
/** How many requests of each kind Stripe takes on the payday, and then does without answering. */
const taken = { '/v1/transfers': 16, '/v1/payouts': 6 };
const doneWithoutAnswer = 6;

test(
  'everybody is paid once although Stripe is dead for an hour in the middle of a payday',
  { timeout: 600_000 },
  async () => {
    const engine = await startEngine();
    try {
      await fundPlatform(engine);
      const sellers = await hireSellers(engine);
      await letStripeDieInTheMiddle(engine);
      await moveToPayday(engine, sellers);
      await untilDead(engine);
      await spendAnHour(engine);
      await expectToBeTold(engine);
      await engine.control('PUT', '/faults', { rules: [] });
      // By now a step is tried again a minute after the last time, and each payout has two.
      const isSent = async () => {
        const payouts = await listPayouts(engine);
        return payouts.length === many && payouts.every(({ status }) => status === 'sent');
      };
      await until('Stripe has every payout', isSent, 240_000);
      await engine.call('POST', '/v1/test/clock', { advanceMinutes: 5 * 24 * 60 });
      await until('everybody is paid', async () => {
        return (await listPayouts(engine)).every(({ status }) => status === 'paid');
      });
      await expectEachPaidOnce(engine);
      await until('Stripe counts as answering again', async () => {
        return (await readReady(engine)).failedChecks.length === 0;
      });
    } finally {
      await engine.stop();
    }
  },
);

async function hireSellers(engine: RunningEngine): Promise<SellerId[]> {
  const sellers: SellerId[] = [];
  while (sellers.length < many) {
    const group = Array.from({ length: 10 }, async () => createActiveSeller(engine));
    sellers.push(...(await Promise.all(group)));
  }
  for (const [index, seller] of sellers.entries()) {
    await engine.call('PATCH', `/v1/sellers/${seller}`, { schedule: weekly });
    const earning = { amount: 50_00 + index * 7, currency: 'eur' };
    await engine.call('POST', `/v1/sellers/${seller}/earnings`, earning);
  }
  return sellers;
}

/**
 * Some are answered, some done without an answer, and from then on it takes nothing of the kind.
 */
async function letStripeDieInTheMiddle(engine: RunningEngine): Promise<void> {
  const rules = Object.entries(taken).flatMap(([path, count]) => {
    const aim = { method: 'POST', path };
    return [
      { ...aim, kind: 'delay', delayMs: 0, count },
      { ...aim, kind: 'drop-after', count: doneWithoutAnswer },
      { ...aim, kind: 'drop-before', count: 100_000 },
    ];
  });
  await engine.control('PUT', '/faults', { rules });
}

async function moveToPayday(engine: RunningEngine, sellers: readonly SellerId[]): Promise<void> {
  const { next } = await engine.call('GET', `/v1/sellers/${sellers[0]}/schedule`);
  await engine.call('POST', '/v1/test/clock', { to: next[0].at });
}

/** Once it has left requests under way without an answer, it answers nobody any more. */
async function untilDead(engine: RunningEngine): Promise<void> {
  await until('requests under way had no answer', async () => {
    const { rules } = await engine.control('GET', '/faults');
    const lost = (rules as { kind: string; count: number }[]).filter(
      ({ kind }) => kind === 'drop-after',
    );
    return lost.every(({ count }) => count === 0);
  });
  const { payouts } = await engine.control('GET', '/book');
  const known = (await listPayouts(engine)).filter(({ status }) => status === 'sent');
  expect(payouts.length, 'Stripe has more than the engine knows of').toBeGreaterThan(known.length);
  await engine.control('PUT', '/faults', { rules: [{ kind: 'drop-before', count: 1_000_000 }] });
}

/** Business time goes on in steps; after each somebody asks in vain once more. */
async function spendAnHour(engine: RunningEngine): Promise<void> {
  for (let minutes = 0; minutes < 60; minutes += 10) {
    await engine.call('POST', '/v1/test/clock', { advanceMinutes: 10 });
    const before = await countTries(engine);
    await until('Stripe is asked again', async () => (await countTries(engine)) > before);
    const payouts = await listPayouts(engine);
    expect(payouts.filter(({ parked }) => parked !== null)).toEqual([]);
  }
}

async function countTries({ db }: RunningEngine): Promise<number> {
  const { tries } = await db
    .selectFrom('attempts')
    .select((row) => row.fn.sum<number>('tries').as('tries'))
    .executeTakeFirstOrThrow();
  return tries;
}

/** Whoever asks hears that it is Stripe, of each payout, of its seller and of the whole. */
async function expectToBeTold(engine: RunningEngine): Promise<void> {
  const open = (await listPayouts(engine)).filter(({ status }) => status !== 'sent');
  expect(open.length).toBeGreaterThan(many / 2);
  const wait = { for: 'stripe-answer', actor: 'stripe' };
  // One whose workflow was late to start says so first, and then this.
  await until('each says that Stripe does not answer', async () => {
    const all = await Promise.all(
      open.map(async ({ id }) => engine.call('GET', `/v1/payouts/${id}/explain`)),
    );
    return all.every(({ waits }) => isDeepStrictEqual(waits.map(who), [wait]));
  });
  const seller = await engine.call('GET', `/v1/sellers/${open[0]?.sellerId}/explain`);
  expect(seller.waits).toContainEqual(expect.objectContaining(wait));
  await until('health says that Stripe does not answer', async () => {
    const { failedChecks } = await readReady(engine);
    return failedChecks.some(({ name }: { name: string }) => name === 'stripe-answers');
  });
}

function who({ for: reason, actor }: { for: string; actor: string }) {
  return { for: reason, actor };
}

/** By the sandbox's own book: one transfer and one payout for each, of the whole amount. */
async function expectEachPaidOnce(engine: RunningEngine): Promise<void> {
  const book = await engine.control('GET', '/book');
  const ours = (await listPayouts(engine))
    .map(({ id, total }) => `${id} ${total.amount}`)
    .toSorted();
  for (const moved of [book.transfers as Moved[], book.payouts as Moved[]]) {
    expect(
      moved.map(({ metadata, amount }) => `${metadata['payout_id']} ${amount}`).toSorted(),
    ).toEqual(ours);
  }
}

async function listPayouts(engine: RunningEngine): Promise<Shown[]> {
  const { data } = await engine.call('GET', '/v1/payouts?limit=100');
  return data as Shown[];
}
