import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { TestProject } from 'vitest/node';

import { freePort } from '../../dev/ports.ts';
import { stop } from '../../dev/processes/launch.ts';
import { say } from '../../dev/say.ts';
import { startPostgres, stopPostgres, withClient } from '../../dev/servers/postgres.ts';
import { findTemporal } from '../../dev/servers/temporal-program.ts';
import { startTemporal } from '../../dev/servers/temporal.ts';
import { preparedNamespaces, templateDatabase } from './environment.ts';
import { compileOnce } from './compiled.ts';
import { migrate } from './migrated.ts';

/** Starts what the tests of a run share: one Postgres, one Temporal and one workflow bundle. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'payout-engine-test-'));
  chmodSync(folder, 0o755); // Postgres may run as another user
  const stops: Stops = [];
  const tearDown = async (): Promise<void> => {
    for (const stopOne of stops) await stopOne();
    rmSync(folder, { recursive: true, force: true });
  };
  const starting = [
    startDatabase(folder, stops),
    startEngine(folder, stops),
    bundle(join(folder, 'workflows.js')),
    compileOnce(join(folder, 'compiled')),
  ] as const;
  await Promise.allSettled(starting);
  try {
    const [postgresUrl, temporalAddress, workflowBundle] = await Promise.all(starting);
    project.provide('postgresUrl', postgresUrl);
    project.provide('temporalAddress', temporalAddress);
    project.provide('workflowBundle', workflowBundle);
  } catch (error) {
    await tearDown();
    throw error;
  }
  return tearDown;
}

type Stops = (() => Promise<void>)[];

async function startDatabase(folder: string, stops: Stops): Promise<string> {
  const postgres = await startPostgres(
    {
      folder: join(folder, 'postgres'),
      fallbackFolder: join(folder, 'postgres-programs'),
      port: await freePort(),
      password: 'test',
      logFile: join(folder, 'postgres.log'),
      settings: [
        'fsync=off',
        'full_page_writes=off',
        'max_connections=300',
        'shared_preload_libraries=pg_stat_statements',
      ],
    },
    say,
  );
  stops.push(() => stopPostgres(postgres));
  await withClient(postgres.url('postgres'), async (client) => {
    await client.query('create sequence test_database; create sequence test_namespace');
    await client.query(`create database ${templateDatabase}`);
  });
  migrate(postgres.url(templateDatabase));
  // As after a first comparison with Stripe, and as with a right to send that never needs a look.
  // test/promises/restore.test.ts begins without both.
  await withClient(postgres.url(templateDatabase), async (client) => {
    await client.query('update operations set compared_start = postgres_start()');
    await client.query(`update right_to_send set claimed_start = postgres_start(),
      claimed_at = 'infinity', seen_at = 'infinity'`);
  });
  return postgres.url('postgres');
}

async function startEngine(folder: string, stops: Stops): Promise<string> {
  const port = await freePort();
  const child = await startTemporal({
    program: await findTemporal(say),
    file: join(folder, 'temporal.db'),
    logFile: join(folder, 'temporal.log'),
    port,
    namespaces: preparedNamespaces,
  });
  stops.push(() => stop(child, 'SIGKILL', 5000));
  return `127.0.0.1:${port}`;
}

async function bundle(file: string): Promise<string> {
  const workflowsPath = here('../../workflows/index.ts');
  if (!existsSync(workflowsPath)) return '';
  const logger = new DefaultLogger('WARN');
  const { code } = await bundleWorkflowCode({ workflowsPath, logger });
  writeFileSync(file, code);
  return file;
}

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
