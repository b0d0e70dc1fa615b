import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

import { searchAttributes } from '../../domain/wake-ups.ts';
import { type Child, type Launch, launch, waitUntilReady } from '../processes/launch.ts';

/** The embedded Temporal: its address and its file. */
export type TemporalPlan = {
  program: string;
  file: string;
  logFile: string;
  port: number;
  /** Without a port there is no web interface. */
  uiPort?: number;
  namespaces: readonly string[];
};

/** Starts Temporal's development server. Returns when every namespace can be used. */
export async function startTemporal(
  plan: TemporalPlan,
  start: (launch: Launch) => Child = launch,
): Promise<Child> {
  const child = start({
    name: 'Temporal',
    command: plan.program,
    args: argumentsOf(plan),
    logFile: plan.logFile,
  });
  const address = `127.0.0.1:${plan.port}`;
  await waitUntilReady(child, () => serves(address, plan.namespaces), 60_000);
  return child;
}

/** True if a Temporal at this address serves all these namespaces. */
export async function serves(address: string, namespaces: readonly string[]): Promise<boolean> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: 2000 });
    for (const namespace of namespaces) {
      await connection.workflowService.describeNamespace({ namespace });
    }
    return true;
  } catch {
    return false;
  } finally {
    await connection?.close();
  }
}

/**
 * Keeps closed workflows for a week; the default of the development server is a day. Most of them
 * are passes of the jobs: 22 kB each, 100 MB per day.
 */
export async function keepHistories(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address });
  const workflowExecutionRetentionTtl = msToTs('7 days');
  await connection.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl },
  });
  await connection.close();
}

function argumentsOf(plan: TemporalPlan): string[] {
  const { port, uiPort, file, namespaces } = plan;
  // Registered at the start, because search attributes that are added later take a while to work.
  const attributes = Object.values(searchAttributes).map(({ name, type }) => {
    return `${name}=${type.split('_').map(capitalised).join('')}`;
  });
  const flags: [string, ...string[]][] = [
    ['--ip', '127.0.0.1'],
    ['--port', String(port)],
    uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)],
    ['--log-level', 'error'],
    ['--db-filename', file],
    // Fast enough for a payday. A power cut may lose the last steps, but the rows in Postgres
    // decide whether money moved.
    ['--sqlite-pragma', 'journal_mode=wal'],
    ['--sqlite-pragma', 'synchronous=normal'],
    // One partition, so that the limits of task queues are exact.
    ['--dynamic-config-value', 'matching.numTaskqueueReadPartitions=1'],
    ['--dynamic-config-value', 'matching.numTaskqueueWritePartitions=1'],
    ...namespaces.map((namespace): [string, string] => ['--namespace', namespace]),
    ...attributes.map((attribute): [string, string] => ['--search-attribute', attribute]),
  ];
  return ['server', 'start-dev', ...flags.flat()];
}

function capitalised(word: string): string {
  return word.slice(0, 1) + word.slice(1).toLowerCase();
}
