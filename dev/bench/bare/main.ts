import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

import { coresBetween, cpuMsEach, readCpu } from '../cpu.ts';

/**
 * Measures how fast this Temporal runs a workflow that does almost nothing, for comparison with the
 * engine's figures. Prints one line of JSON.
 */
const taskQueue = 'bench-bare';
const inFlight = 40;
const warmUpMs = 3000;
const measuredMs = Number(process.env.BENCH_SECONDS) * 1000;
const address = process.env.TEMPORAL_ADDRESS ?? '';
let lastId = '';
const pids = { Temporal: Number(process.env.BENCH_TEMPORAL_PID), client: process.pid };

Runtime.install({ logger: new DefaultLogger('WARN') });
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  taskQueue,
  workflowsPath: fileURLToPath(new URL('workflow.ts', import.meta.url)),
  activities: { aFewMs: () => pause(5) },
  shutdownGraceTime: '5s',
});
const clientConnection = await Connection.connect({ address });
const client = new Client({ connection: clientConnection });
const figures = await worker.runUntil(measure);
process.stdout.write(`${JSON.stringify({ figures })}\n`);
await Promise.all([connection.close(), clientConnection.close()]);
process.exit(0);

async function measure() {
  let done = 0;
  const enough = new AbortController();
  const lane = async (): Promise<void> => {
    while (!enough.signal.aborted) {
      await runOne();
      done += 1;
    }
  };
  const lanes = Promise.all(Array.from({ length: inFlight }, lane));
  await pause(warmUpMs);
  const before = readCpu(pids);
  const doneBefore = done;
  await pause(measuredMs);
  const after = readCpu(pids);
  const measured = done - doneBefore;
  const perSecond = (measured * 1000) / (after.at - before.at);
  enough.abort();
  await lanes;
  const handle = client.workflow.getHandle(lastId);
  const { historyLength: events } = await handle.describe();
  return {
    perSecond,
    events,
    cores: coresBetween(before, after),
    cpuMs: cpuMsEach(before, after, measured),
  };
}

async function runOne(): Promise<void> {
  const workflowId = `bench-bare/${randomUUID()}`;
  const handle = await client.workflow.start('bare', { taskQueue, workflowId });
  await handle.signal('goOn');
  await handle.result();
  lastId = workflowId;
}
