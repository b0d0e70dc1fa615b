import { connect as connectTo, createServer, type Server, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AppDeps } from '../../api/http/context.ts';
import { createWaker, type Waker } from '../../api/wake-ups.ts';
import { connect, type Db } from '../../db/connect.ts';
import { addWakeUps } from '../../db/wake-ups.ts';
import { newId, type SellerId } from '../../domain/ids.ts';
import type { WakeTopic } from '../../domain/wake-ups.ts';
import { createTestDatabase, openTemporal } from '../servers/environment.ts';
import { until } from '../../dev/wait.ts';

let temporal: TestWorkflowEnvironment;
let client: Client;
let db: Db;
const wakers: Waker[] = [];
const databases: Db[] = [];

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('WARN') });
  temporal = await openTemporal();
  ({ client } = temporal);
});
afterAll(async () => {
  await Promise.all(wakers.map((waker) => waker.stop()));
  await Promise.all(databases.map((one) => one.destroy()));
  await temporal.teardown();
});

/** A waker on a database of its own; the namespace has no worker. */
async function start(to = client, log: AppDeps['log'] = () => undefined) {
  db = connect(await createTestDatabase());
  databases.push(db);
  const waker = createWaker({ db, client: to, log });
  wakers.push(waker);
  return waker;
}

async function note(workflowId: string, ...topics: WakeTopic[]): Promise<void> {
  await addWakeUps(db, [{ workflowId, topics }]);
}

const allTold = () =>
  until('every wake-up was told', async () => {
    return (await db.selectFrom('wake_ups').select('workflow_id').execute()).length === 0;
  });

/** The topics of each signal in the history of this seller's newest run. */
async function signalsOf(sellerId: SellerId): Promise<string[][]> {
  return signalsAt(`seller/${sellerId}`);
}

/** One that Temporal took without answering in time is told again, with the same topics. */
async function signalsAt(workflowId: string): Promise<string[][]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const signals = (events ?? []).flatMap(
    ({ workflowExecutionSignaledEventAttributes: signaled }) => {
      const payload = signaled?.input?.payloads?.[0]?.data;
      expect(signaled?.signalName ?? 'lookAgain').toBe('lookAgain');
      return payload ? [(JSON.parse(Buffer.from(payload).toString()) as string[]).sort()] : [];
    },
  );
  return signals.filter((topics, at) => !isDeepStrictEqual(topics, signals[at - 1]));
}

describe('a wake-up for a seller', () => {
  test('starts the workflow that does not run yet, and tells it', async () => {
    const waker = await start();
    const sellerId = newId('sel');
    await note(`seller/${sellerId}`, 'account');
    waker.wakeSoon();
    await allTold();
    const run = await client.workflow.getHandle(`seller/${sellerId}`).describe();
    expect(run.type).toBe('sellerLifecycle');
    expect(run.taskQueue).toBe('engine');
    expect(await run.staticSummary()).toBe(`Seller ${sellerId}`);
    expect(await signalsOf(sellerId)).toEqual([['account']]);
  });

  test('tells the workflow that runs already', async () => {
    const waker = await start();
    const sellerId = newId('sel');
    for (const topic of ['account', 'payouts'] as const) {
      await note(`seller/${sellerId}`, topic);
      waker.wakeSoon();
      await allTold();
    }
    expect(await signalsOf(sellerId)).toEqual([['account'], ['payouts']]);
  });

  test('comes as one signal when several reasons come together', async () => {
    const waker = await start();
    const sellerId = newId('sel');
    const topics: WakeTopic[] = ['account', 'payouts', 'deadline', 'payouts'];
    for (const topic of topics) await note(`seller/${sellerId}`, topic);
    topics.forEach(() => waker.wakeSoon());
    await allTold();
    expect(await signalsOf(sellerId)).toEqual([['account', 'deadline', 'payouts']]);
  });

  test('starts again a workflow that was terminated', async () => {
    const waker = await start();
    const sellerId = newId('sel');
    await note(`seller/${sellerId}`, 'account');
    waker.wakeSoon();
    await allTold();
    await client.workflow.getHandle(`seller/${sellerId}`).terminate();
    await note(`seller/${sellerId}`, 'payouts');
    waker.wakeSoon();
    await allTold();
    const run = await client.workflow.getHandle(`seller/${sellerId}`).describe();
    expect(run.status.name).toBe('RUNNING');
    expect(await signalsOf(sellerId)).toEqual([['payouts']]);
  });

  test('is dropped when the seller was closed, and starts the workflow when it was reopened', async () => {
    const waker = await start();
    const sellerId = newId('sel');
    const workflowId = `seller/${sellerId}`;
    const taskQueue = `closing-${sellerId}`;
    const { nativeConnection: connection } = temporal;
    const { namespace } = client.options;
    const workflowsPath = fileURLToPath(new URL('ending-workflow.ts', import.meta.url));
    const worker = await Worker.create({ connection, namespace, taskQueue, workflowsPath });
    await worker.runUntil(client.workflow.execute('sellerLifecycle', { workflowId, taskQueue }));
    await note(workflowId, 'account');
    waker.wakeSoon();
    await allTold();
    const handle = client.workflow.getHandle(workflowId);
    expect((await handle.describe()).status.name).toBe('COMPLETED');
    // Only a reopening starts it again.
    await note(workflowId, 'account', 'reopened');
    waker.wakeSoon();
    await allTold();
    expect((await handle.describe()).status.name).toBe('RUNNING');
  });
});

describe('a wake-up for a payout', () => {
  test('tells its workflow, and is dropped where none runs', async () => {
    const waker = await start();
    const [running, missing] = [newId('payout'), newId('payout')];
    const handle = await client.workflow.start('payout', {
      workflowId: `payout/${running}`,
      taskQueue: 'engine',
    });
    await note(`payout/${running}`, 'deadline');
    await note(`payout/${missing}`, 'deadline');
    await note('payout/not-an-id', 'deadline');
    waker.wakeSoon();
    await allTold();
    expect(await signalsAt(handle.workflowId)).toEqual([['deadline']]);
    const lost = client.workflow.getHandle(`payout/${missing}`).describe();
    await expect(lost).rejects.toThrow(/not found/);
  });
});

describe('many wake-ups', () => {
  test('are all told in one go', async () => {
    const waker = await start();
    const sellers = Array.from({ length: 450 }, () => newId('sel'));
    const topics: WakeTopic[] = ['payouts'];
    await addWakeUps(
      db,
      sellers.map((id) => ({ workflowId: `seller/${id}`, topics })),
    );
    waker.wakeSoon();
    await allTold();
    for (const id of sellers.slice(-3)) expect(await signalsOf(id)).toEqual([['payouts']]);
  });

  test('are left to the relay by a waker that was stopped', async () => {
    const waker = await start();
    await note(`seller/${newId('sel')}`, 'account');
    waker.wakeSoon();
    await waker.stop();
    waker.wakeSoon();
    const { length } = await db.selectFrom('wake_ups').select('workflow_id').execute();
    expect(length).toBe(1);
  });
});

describe('while Temporal is away', () => {
  test('wake-ups stay, and are told when it is back', async () => {
    const road = await startRoad(temporal.address);
    const far = Connection.lazy({
      address: road.address,
      channelArgs: { 'grpc.max_reconnect_backoff_ms': 500 },
    });
    const lines: string[] = [];
    const waker = await start(
      new Client({ connection: far, namespace: client.options.namespace }),
      (line) => lines.push(`${line.event} ${line.isAway}`),
    );
    const sellerId = newId('sel');
    await note(`seller/${sellerId}`, 'account');
    waker.wakeSoon();
    await until('it was tried', () => lines.includes('wake-ups-failed true'));
    await note(`seller/${sellerId}`, 'payouts');
    waker.wakeSoon();
    expect(await db.selectFrom('wake_ups').select('version').execute()).toEqual([{ version: 2 }]);

    road.open();
    await allTold();
    expect(await signalsOf(sellerId)).toEqual([['account', 'payouts']]);
    await waker.stop();
    await far.close();
    await road.close();
  });
});

/** A way to Temporal that is shut until it is opened: whoever comes is turned away. */
async function startRoad(to: string) {
  const [host = '', port = ''] = to.split(':');
  let isOpen = false;
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    near.on('error', () => undefined);
    if (!isOpen) {
      near.destroy();
      return;
    }
    const distant = connectTo(Number(port), host);
    for (const socket of [near, distant]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    near.pipe(distant).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('it listens nowhere');
  return {
    address: `127.0.0.1:${address.port}`,
    open: () => (isOpen = true),
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
