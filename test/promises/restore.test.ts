import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { PayoutId, SellerId } from '../../domain/ids.ts';
import { lookAgain } from '../../workflows/messages.ts';
import {
  createActiveSeller,
  fundPlatform,
  liftStops,
  orderPayout,
  readReady,
  type RunningEngine,
  startEngine,
  untilItAnswers,
  untilPayout,
} from '../build/engine.ts';
import { ownPostgres, ownTemporal } from '../servers/own-servers.ts';
import { root } from '../servers/program.ts';
import { until } from '../../dev/wait.ts';

const long = { timeout: 240_000 };

test.concurrent.each([
  ['as soon as it answers', false],
  ['when the books of its account were read', true],
])(
  'a database brought back to an hour ago stops money, adopts what Stripe knows, and pays once; ordered again %s',
  long,
  async (_when, booksFirst) => {
    const database = await ownPostgres();
    const engine = await startEngine({ databaseUrl: database.url });
    try {
      await fundPlatform(engine);
      const sellerId = await createActiveSeller(engine);
      await earn(engine, sellerId, 'order-1', 100_00);
      await database.backUp();
      await untilItAnswers(engine);
      await earn(engine, sellerId, 'order-2', 50_00);
      const lost = await orderPayout(engine, sellerId);
      const { transferId, stripePayoutId } = await untilPayout(engine, lost, 'sent');

      await database.restore();
      await untilItAnswers(engine);
      await expect(engine.call('GET', `/v1/payouts/${lost}`)).rejects.toThrow(/404/);
      if (booksFirst) {
        await engine.temporal.workflow.getHandle(`seller/${sellerId}`).signal(lookAgain, ['money']);
        await until('the books stop its money', async () => {
          return (await holdsOf(engine, sellerId)).length > 0;
        });
      }
      const again = await orderPayout(engine, sellerId);
      await until('money is stopped', async () => {
        return (await engine.call('GET', '/v1/operations')).moneyStopped === true;
      });
      const { data } = await engine.call('GET', '/v1/recovery');
      expect(data).toMatchObject([
        { stripeId: transferId, step: 'transfer', payoutId: lost, sellerId },
        { stripeId: stripePayoutId, step: 'payout', payoutId: lost, sellerId },
      ]);
      const reason = { reason: 'brought back from the backup of this morning' };
      await expect(liftStops(engine)).rejects.toThrow(/409/);
      expect(await readReady(engine)).toMatchObject({ toAdopt: 2 });
      await until('the start says that something is lost', async () => {
        const { data: starts } = await engine.call('GET', '/v1/recovery/starts');
        return starts[0].cause === 'behind-stripe';
      });

      // Any comes first: the books are read, and money is stopped, at any moment.
      await until('it is set aside, held or stopped', async () => {
        const { status, waitingFor } = await engine.call('GET', `/v1/payouts/${again}`);
        return status === 'reserved' || ['unordered-money', 'money-stopped'].includes(waitingFor);
      });
      expect((await engine.call('POST', '/v1/recovery/adopt', reason)).data).toHaveLength(2);
      await earn(engine, sellerId, 'order-2', 50_00);
      await liftStops(engine);
      for (const holdId of await holdsOf(engine, sellerId)) {
        // The engine releases it by itself once it has read the books.
        await engine.call('POST', `/v1/holds/${holdId}/release`, reason).catch(unlessNotActive);
      }
      await untilPayout(engine, again, 'canceled', 'skipped');
      await engine.call('POST', '/v1/test/clock', { advanceMinutes: 5 * 24 * 60 });
      await untilPayout(engine, lost, 'paid');
      await expectOnceInAll(engine, lost, 150_00);
      expect(await itemsOf(engine, lost)).toEqual({ 'order-1': 100_00, 'order-2': 50_00 });
    } finally {
      await engine.stop();
      await database.stop();
    }
  },
);

test.concurrent(
  'a plain restart of PostgreSQL is compared with Stripe and goes on by itself',
  long,
  async () => {
    const database = await ownPostgres();
    const engine = await startEngine({ databaseUrl: database.url });
    try {
      await fundPlatform(engine);
      const sellerId = await createActiveSeller(engine);
      await earn(engine, sellerId, 'order-1', 100_00);
      const first = await orderPayout(engine, sellerId);
      await untilPayout(engine, first, 'sent');
      await database.restart();
      await untilItAnswers(engine);
      await earn(engine, sellerId, 'order-2', 50_00);
      await untilPayout(engine, await orderPayout(engine, sellerId), 'sent');
      expect(await engine.call('GET', '/v1/recovery')).toMatchObject({ data: [] });
      expect(await engine.call('GET', '/v1/operations')).toMatchObject({ moneyStopped: false });
    } finally {
      await engine.stop();
      await database.stop();
    }
  },
);

test.concurrent(
  'a person starts every missing workflow after the storage of Temporal was lost',
  long,
  async () => {
    const server = await ownTemporal();
    const engine = await startEngine({ temporalAddress: server.address, jobs: false });
    try {
      await fundPlatform(engine);
      const sellerId = await createActiveSeller(engine);
      await earn(engine, sellerId, 'order-1', 100_00);
      const payoutId = await orderPayout(engine, sellerId);
      await untilPayout(engine, payoutId, 'sent');
      await engine.worker.kill();
      await server.loseEverything();
      const env = { ...process.env, ...engine.env, TEMPORAL_ADDRESS: server.address };
      const recovered = spawnSync(process.execPath, ['workers/recover.ts'], { cwd: root, env });
      expect(String(recovered.stdout), String(recovered.stderr)).toContain(
        '2 workflows were missing',
      );
      await engine.worker.start();
      await engine.call('POST', '/v1/test/clock', { advanceMinutes: 5 * 24 * 60 });
      await untilPayout(engine, payoutId, 'paid');
      await expectOnceInAll(engine, payoutId, 100_00);
    } finally {
      await engine.stop();
      await server.stop();
    }
  },
);

async function earn(engine: RunningEngine, sellerId: SellerId, externalId: string, amount: number) {
  const earning = { externalId, amount, currency: 'eur' };
  await engine.call('POST', `/v1/sellers/${sellerId}/earnings`, earning);
}

/** A hold that the engine has released by itself meanwhile is none to release. */
function unlessNotActive(error: Error): void {
  if (!/hold-not-active|outcome-needed/.test(error.message)) throw error;
}

/** What keeps a seller's money back. */
async function holdsOf(engine: RunningEngine, sellerId: SellerId): Promise<string[]> {
  const { data } = await engine.call('GET', `/v1/sellers/${sellerId}/holds`);
  return (data as { id: string; releasedAt: string | null }[])
    .filter(({ releasedAt }) => releasedAt === null)
    .map(({ id }) => id);
}

/** Which earnings pay it, by the platform's names. */
async function itemsOf(engine: RunningEngine, payoutId: PayoutId) {
  const { data } = await engine.call('GET', `/v1/payouts/${payoutId}/items`);
  const items = data as { externalId: string; amount: { amount: number } }[];
  return Object.fromEntries(items.map(({ externalId, amount }) => [externalId, amount.amount]));
}

async function expectOnceInAll(engine: RunningEngine, payoutId: PayoutId, amount: number) {
  const book = await engine.control('GET', '/book');
  const all = (made: { amount: number; metadata: { payout_id?: string } }[]) =>
    made.map((one) => [one.metadata.payout_id, one.amount]);
  expect(all(book.transfers)).toEqual([[payoutId, amount]]);
  expect(all(book.payouts)).toEqual([[payoutId, amount]]);
  const payout = await engine.call('GET', `/v1/payouts/${payoutId}`);
  const balances = await engine.call('GET', `/v1/sellers/${payout.sellerId}/balances`);
  expect(JSON.stringify(balances)).toContain(`${amount}`);
}
